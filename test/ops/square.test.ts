import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('SQUARE rounds once', () => {
  assert.equal(
    worstUlp('SQUARE', {}, (x) => x * x),
    0,
  );
  assert.deepEqual(applied('SQUARE', float, {}, [-3, 1e30, 1e-30]), [9, Number.POSITIVE_INFINITY, 0]);
});

test('SQUARE has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('SQUARE', quantized, quantized, {})), ['op-dtypes']);
});
