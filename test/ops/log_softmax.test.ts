import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { DType, Quantization } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { codesOf } from '../support/one_op.js';

const output = perTensor(1 / 16, 127);

function graphOf(shape: number[], dtype: DType, input = perTensor(0.1, 3), given: Quantization = output) {
  const builder = graphBuilder('rows');
  const x = builder.input('x', { shape, dtype, ...(dtype === 'float32' ? {} : { quantization: input }) });
  const y = { shape, dtype, ...(dtype === 'float32' ? {} : { quantization: given }) };
  return builder.build(builder.op('LOG_SOFTMAX', 'y', [x], {}, y));
}

function real(row: number[]): number[] {
  const sum = row.reduce((a, x) => a + Math.exp(x), 0);
  return row.map((x) => x - Math.log(sum));
}

test('LOG_SOFTMAX of int8 is within a step of the real one', () => {
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
      const wanted = Math.min(127, Math.max(-128, y / output.scale[0]! + 127));
      assert.ok(Math.abs(result[i + k]! - wanted) < 1.01, `${row}: ${result[i + k]}, not ${wanted}`);
    });
  }
});

test('LOG_SOFTMAX of float32 is the real one but for rounding', () => {
  const simulator = createSimulator(graphOf([2, 3], 'float32'));
  const [input, result] = simulator.memory as [Float32Array, Float32Array];
  input.set([1, -2, 3, 0, 0, 0]);
  simulator.run();
  [...real([1, -2, 3]), ...real([0, 0, 0])].forEach((y, i) => {
    assert.ok(Math.abs(result[i]! - y) < 3e-7, `${result[i]}, not ${y}`);
  });
});

test('LOG_SOFTMAX refuses another output than TFLM has, and what its fixed point cannot hold', () => {
  assert.deepEqual(codesOf(graphOf([2, 3], 'int8')), []);
  assert.deepEqual(codesOf(graphOf([2, 3], 'int8', perTensor(0.1, 3), perTensor(1 / 16, 0))), [
    'quantization',
  ]);
  assert.deepEqual(codesOf(graphOf([2, 3], 'int8', perTensor(1e-9, 3))), ['quantization']);
  assert.deepEqual(codesOf(graphOf([4096], 'int8')), ['op-range']);
  assert.deepEqual(codesOf(graphOf([], 'float32')), ['op-shape']);
  assert.deepEqual(codesOf(graphOf([3], 'int16')), ['op-dtypes']);
});
