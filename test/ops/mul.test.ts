import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { mul } from '../../src/ops/mul.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { checkProperty } from '../property/harness.js';

test('MUL: the emitted C equals the simulator', () =>
  checkProperty(binaryGraph('MUL', ['int8', 'int8', 'int16', 'int32', 'float32']), { runs: 300 }));

test('MUL of int32 wraps and then clamps, as TFLM does', () => {
  const products = (activation: FusedActivation) => {
    const builder = graphBuilder('mul');
    const spec = { dtype: 'int32', shape: [6] } as const;
    const inputs = [builder.input('a', spec), builder.input('b', spec)];
    const graph = builder.build(builder.op('MUL', 'y', inputs, { activation }, spec));
    assert.deepEqual(checkGraph(graph), []);
    const simulator = createSimulator(graph);
    const a = [2, -3, 65536, 0x7fffffff, -0x80000000, 3];
    const b = [-7, -5, 65537, 2, -1, 1];
    simulator.setInputs(new Uint8Array(Int32Array.from([...a, ...b]).buffer));
    simulator.run();
    return [...new Int32Array(simulator.outputs().buffer)];
  };
  assert.deepEqual(products('NONE'), [-14, 15, 65536, -2, -0x80000000, 3]);
  assert.deepEqual(products('RELU'), [0, 15, 65536, 0, 0, 3]);
  assert.deepEqual(products('RELU6'), [0, 6, 6, 0, 0, 3]);
  assert.deepEqual(products('RELU_N1_TO_1'), [-1, 1, 1, -1, -1, 1]);
});

test('MUL refuses what TFLM refuses', () => {
  const problems = (a: TensorSpec, b: TensorSpec) => {
    const builder = graphBuilder('mul');
    const inputs = [builder.input('a', a), builder.input('b', b)];
    const graph: Graph = builder.build(builder.op('MUL', 'y', inputs, { activation: 'RELU' }, a));
    return mul.check(graph.ops[0] as Op<'MUL'>, graph).map((p) => p.message);
  };
  const int16 = (zeroPoint: number): TensorSpec => {
    return { dtype: 'int16', shape: [4], quantization: perTensor(0.5, zeroPoint) };
  };
  assert.deepEqual(problems(int16(0), int16(0)), []);
  assert.deepEqual(problems(int16(0), int16(3)), ['its int16 input "b" has zero point 3, not 0']);
  const int32 = { ...int16(0), dtype: 'int32' } as const;
  assert.deepEqual(problems(int32, int32), [
    'multiplies quantized int32 values, whose scales TFLM does not read',
  ]);
  assert.match(problems(int16(0), { ...int16(0), shape: [3] }).join(), /cannot broadcast \[4\] with \[3\]/);
});
