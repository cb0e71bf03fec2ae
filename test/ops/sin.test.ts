import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('SIN is within 0.57 units of the last place, of any number of turns', () => {
  assert.ok(worstUlp('SIN', {}, Math.sin) < 0.57);
  assert.deepEqual(applied('SIN', float, {}, [0, Number.POSITIVE_INFINITY]), [0, Number.NaN]);
});

test('SIN has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('SIN', quantized, quantized, {})), ['op-dtypes']);
});
