import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('NEG changes the sign, of zeros as well', () => {
  assert.equal(
    worstUlp('NEG', {}, (x) => -x),
    0,
  );
  assert.deepEqual(applied('NEG', float, {}, [0, -0, 2.5]), [-0, 0, -2.5]);
});

test('NEG has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('NEG', quantized, quantized, {})), ['op-dtypes']);
});
