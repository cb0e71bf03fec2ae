import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { checkProperty } from '../property/harness.js';

test('SUB: the emitted C equals the simulator', () =>
  checkProperty(binaryGraph('SUB', ['int8', 'int8', 'int16', 'int32', 'float32']), { runs: 300 }));

function int32(activation: FusedActivation, quantized = false): Graph {
  const builder = graphBuilder('sub');
  const spec = { dtype: 'int32', shape: [3], ...(quantized && { quantization: perTensor(1, 0) }) } as const;
  const inputs = [builder.input('a', spec), builder.input('b', spec)];
  return builder.build(builder.op('SUB', 'y', inputs, { activation }, spec));
}

test('plain int32 wrap, and then are clamped', () => {
  const differences = (activation: FusedActivation) => {
    const simulator = createSimulator(int32(activation));
    simulator.setInputs(new Uint8Array(Int32Array.of(5, -0x80000000, 3, 7, 1, 30).buffer));
    simulator.run();
    return [...new Int32Array(simulator.outputs().buffer)];
  };
  assert.deepEqual(differences('NONE'), [-2, 0x7fffffff, -27]);
  assert.deepEqual(differences('RELU6'), [0, 6, 0]);
});

test('SUB refuses quantized int32, as TFLM does', () => {
  assert.deepEqual(
    checkGraph(int32('NONE', true)).map((d) => d.code),
    ['quantization'],
  );
});
