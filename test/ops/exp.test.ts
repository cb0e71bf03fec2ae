import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('EXP is within 0.51 units of the last place, from 0 to infinity', () => {
  assert.ok(worstUlp('EXP', {}, Math.exp) < 0.51);
  const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY } = Number;
  // The last float32 whose exp is finite, and the next one.
  const given = [0, 88.72283172607422, 88.72284, -104, NEGATIVE_INFINITY, infinity];
  assert.deepEqual(applied('EXP', float, {}, given), [1, 3.402798519021476e38, infinity, 0, 0, infinity]);
});

test('EXP has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('EXP', quantized, quantized, {})), ['op-dtypes']);
});
