import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('SQRT is correctly rounded, NaN below 0', () => {
  assert.equal(worstUlp('SQRT', {}, Math.sqrt), 0);
  assert.deepEqual(applied('SQRT', float, {}, [4, -0, -1]), [2, -0, Number.NaN]);
});

test('SQRT has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('SQRT', quantized, quantized, {})), ['op-dtypes']);
});
