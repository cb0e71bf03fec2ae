import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, type Values, worstStep } from '../support/one_value.js';

const bounded = (x: number) => Math.min(1, Math.max(-1, x));

test('RELU_N1_TO_1 of int8 is rescaled, then clamped', () => {
  assert.ok(
    worstStep(
      'RELU_N1_TO_1',
      [
        ['int8', 0.02, 9],
        ['int8', 0.01, -7],
      ],
      {},
      bounded,
    ) <= 0.500001,
  );
});

test('RELU_N1_TO_1 of float32 clamps', () => {
  const given = [-2, -1, -0, 0.5, 1, 3];
  const expected = [-1, -1, -0, 0.5, 1, 1];
  assert.deepEqual(applied('RELU_N1_TO_1', ['float32', 'float32'], {}, given), expected);
});

test('RELU_N1_TO_1 refuses scales beyond 2^30, and the int16 that TFLite has not', () => {
  const codes = (from: Values, to: Values) => codesOf(oneValueOp('RELU_N1_TO_1', from, to, {}));
  assert.deepEqual(codes(['int8', 1, 0], ['int8', 1, 0]), []);
  assert.deepEqual(codes(['int8', 2 ** 31, 0], ['int8', 1, 0]), ['quantization']);
  assert.deepEqual(codes(['int16', 1, 0], ['int16', 1, 0]), ['op-dtypes']);
});
