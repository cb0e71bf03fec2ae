import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('ROUND takes ties to even numbers, and to +0 from below', () => {
  const given = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, -0.3, -0, 2.4999998, 8388607.5, 1e10];
  const expected = [0, 2, 2, 0, -2, -2, 0, -0, 2, 8388608, 1e10];
  assert.deepEqual(applied('ROUND', float, {}, given), expected);
});

test('ROUND has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('ROUND', quantized, quantized, {})), ['op-dtypes']);
});
