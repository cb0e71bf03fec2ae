import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { DType, Quantization } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { codesOf } from '../support/one_op.js';

const output = perTensor(1 / 128, 0);

function graphOf(shape: number[], dtype: DType, input = perTensor(0.1, 3), given: Quantization = output) {
  const builder = graphBuilder('rows');
  const x = builder.input('x', { shape, dtype, ...(dtype === 'float32' ? {} : { quantization: input }) });
  const y = { shape, dtype, ...(dtype === 'float32' ? {} : { quantization: given }) };
  return builder.build(builder.op('L2_NORMALIZATION', 'y', [x], { activation: 'NONE' }, y));
}

function real(row: number[]): number[] {
  const norm = Math.max(1e-6, Math.hypot(...row));
  return row.map((x) => x / norm);
}

test('L2_NORMALIZATION of int8 is within a step of the real one', () => {
  const simulator = createSimulator(graphOf([64, 9], 'int8'));
  const [input, result] = simulator.memory as [Int8Array, Int8Array];
  const rng = random(1);
  input.forEach((_, i) => {
    input[i] = rng.int(-128, 127) >> (i % 3);
  });
  simulator.run();
  for (let i = 0; i < input.length; i += 9) {
    const row = [...input.subarray(i, i + 9)].map((q) => (q - 3) * 0.1);
    real(row).forEach((y, k) => {
      const wanted = Math.min(127, Math.max(-128, y / output.scale[0]! + 0));
      assert.ok(Math.abs(result[i + k]! - wanted) < 1.01, `${row}: ${result[i + k]}, not ${wanted}`);
    });
  }
});

test('L2_NORMALIZATION of float32 is the real one but for rounding', () => {
  const simulator = createSimulator(graphOf([2, 3], 'float32'));
  const [input, result] = simulator.memory as [Float32Array, Float32Array];
  input.set([1, -2, 3, 0, 0, 0]);
  simulator.run();
  [...real([1, -2, 3]), ...real([0, 0, 0])].forEach((y, i) => {
    assert.ok(Math.abs(result[i]! - y) < 3e-7, `${result[i]}, not ${y}`);
  });
});

test('a row of zeros stays one', () => {
  const simulator = createSimulator(graphOf([1, 4], 'int8', perTensor(0.1, -7)));
  (simulator.memory[0] as Int8Array).fill(-7);
  simulator.run();
  assert.deepEqual([...(simulator.memory[1] as Int8Array)], [0, 0, 0, 0]);
});

test('L2_NORMALIZATION refuses more than four dimensions, sums beyond int32, and a fused activation', () => {
  assert.deepEqual(codesOf(graphOf([2, 3], 'int8')), []);
  assert.deepEqual(codesOf(graphOf([1, 1, 1, 2, 3], 'int8')), ['op-shape']);
  assert.deepEqual(codesOf(graphOf([], 'float32')), ['op-shape']);
  assert.deepEqual(codesOf(graphOf([33026], 'int8')), ['op-range']);
  const graph = graphOf([2, 3], 'float32');
  const ops = graph.ops.map((op) => ({ ...op, attributes: { activation: 'RELU' } }) as typeof op);
  assert.deepEqual(codesOf({ ...graph, ops }), ['op-attribute']);
});
