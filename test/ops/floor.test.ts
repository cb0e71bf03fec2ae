import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstUlp } from '../support/one_value.js';

const float = ['float32', 'float32'] as const;

test('FLOOR goes down, and keeps what has no fraction', () => {
  assert.equal(worstUlp('FLOOR', {}, Math.floor), 0);
  const given = [0.5, -0.5, 2, -0, 8388607.5, -8388608];
  assert.deepEqual(applied('FLOOR', float, {}, given), [0, -1, 2, -0, 8388607, -8388608]);
});

test('FLOOR has no integer form, as TFLM has none', () => {
  const quantized = ['int8', 0.5, 0] as const;
  assert.deepEqual(codesOf(oneValueOp('FLOOR', quantized, quantized, {})), ['op-dtypes']);
});
