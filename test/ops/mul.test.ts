import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { mul } from '../../src/ops/mul.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { checkProperty } from '../property/harness.js';

test('MUL: the emitted C equals the simulator', () =>
  checkProperty(binaryGraph('MUL', ['int8', 'int8', 'int16', 'float32']), { runs: 250 }));

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
  assert.match(problems(int16(0), { ...int16(0), shape: [3] }).join(), /cannot broadcast \[4\] with \[3\]/);
});
