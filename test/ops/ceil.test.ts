import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('CEIL goes up, to -0 from below 0', () => {
  assert.equal(worstUlp('CEIL', {}, Math.ceil), 0);
  const given = [0.5, -0.5, 2, -0, 8388607.5, -8388608];
  assert.deepEqual(applied('CEIL', float, {}, given), [1, -0, 2, -0, 8388608, -8388608]);
});

test('CEIL has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('CEIL', quantized, quantized, {})), ['op-dtypes']);
});
