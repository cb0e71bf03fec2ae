import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('COS is within 0.57 units of the last place, of any number of turns', () => {
  assert.ok(worstUlp('COS', {}, Math.cos) < 0.57);
  assert.deepEqual(applied('COS', float, {}, [0, Number.POSITIVE_INFINITY]), [1, Number.NaN]);
});

test('COS has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('COS', quantized, quantized, {})), ['op-dtypes']);
});
