import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('LOG is within 0.82 units of the last place, of every positive float32', () => {
  assert.ok(worstUlp('LOG', {}, Math.log) < 0.82);
  const smallest = 2 ** -149;
  const expected = [0, Math.fround(Math.log(smallest)), Number.NEGATIVE_INFINITY, Number.NaN];
  assert.deepEqual(applied('LOG', float, {}, [1, smallest, 0, -1]), expected);
});

test('LOG has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('LOG', quantized, quantized, {})), ['op-dtypes']);
});
