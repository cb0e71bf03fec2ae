import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, type Values, worstStep, worstUlp } from '../support/one_value.js';

const int8 = ['int8', 1 / 128, 0] as const;
const int16 = ['int16', 1 / 32768, 0] as const;

test('TANH of integers is close to the real one', () => {
  for (const scale of [0.001, 0.03, 0.2]) {
    assert.ok(worstStep('TANH', [['int8', scale, 5], int8], {}, Math.tanh) <= 1.01, `${scale}`);
  }
  for (const scale of [2 ** -12, 2 ** -11, 0.0005, 2]) {
    assert.ok(worstStep('TANH', [['int16', scale, 0], int16], {}, Math.tanh) < 4, `${scale}`);
  }
});

test('TANH of integers ends where its fixed point does', () => {
  const given = [-128, -61, -60, 0, 60, 61, 127];
  assert.deepEqual(
    applied('TANH', [['int8', 0.25, 0], int8], {}, given),
    [-128, -128, -128, 0, 127, 127, 127],
  );
  assert.deepEqual(
    applied('TANH', [['int16', 2 ** -12, 0], int16], {}, [-32768, 0, 32767]),
    [-32767, 0, 32767],
  );
});

test('TANH of float32 is within 2.2 units of the last place', () => {
  assert.ok(worstUlp('TANH', {}, Math.tanh) < 2.2);
});

test('TANH refuses what TFLM refuses, and what would go wrong', () => {
  const codes = (from: Values, to: Values) => codesOf(oneValueOp('TANH', from, to, {}));
  assert.deepEqual(codes(['int8', 0.1, 5], int8), []);
  assert.deepEqual(codes(['int8', 0.1, 5], ['int8', 1 / 256, 7]), ['quantization']);
  assert.deepEqual(codes(['int8', 1e-12, 5], int8), ['quantization']);
  assert.deepEqual(codes(['int16', 0.1, 5], int16), ['quantization']);
  assert.deepEqual(codes(['int16', 3, 0], ['int16', 1 / 256, 0]), ['quantization', 'quantization']);
});
