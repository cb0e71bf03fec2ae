import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstStep, worstUlp } from '../support/one_value.js';

test('ABS of quantized values is rescaled and saturates', () => {
  const same = [
    ['int8', 0.5, -1],
    ['int8', 0.5, -1],
  ] as const;
  assert.deepEqual(applied('ABS', same, {}, [-128, -2, -1, 0, 127]), [126, 0, -1, 0, 127]);
  assert.deepEqual(
    applied(
      'ABS',
      [
        ['int16', 1, 0],
        ['int16', 1, 0],
      ],
      {},
      [-32768, -5, 5],
    ),
    [32767, 5, 5],
  );
  assert.ok(
    worstStep(
      'ABS',
      [
        ['int8', 0.5, 3],
        ['int8', 0.3, -100],
      ],
      {},
      Math.abs,
    ) <= 0.500001,
  );
  assert.ok(
    worstStep(
      'ABS',
      [
        ['int16', 0.5, 0],
        ['int16', 0.7, 0],
      ],
      {},
      Math.abs,
    ) <= 0.500001,
  );
});

test('ABS of float32 leaves no sign', () => {
  assert.equal(worstUlp('ABS', {}, Math.abs), 0);
});

test('ABS of int16 has no zero points', () => {
  assert.deepEqual(codesOf(oneValueOp('ABS', ['int16', 1, 1], ['int16', 1, 0], {})), ['quantization']);
  assert.deepEqual(codesOf(oneValueOp('ABS', ['int8', 1e20, 1], ['int8', 1, 0], {})), ['quantization']);
});
