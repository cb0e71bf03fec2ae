import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, type Values, worstStep, worstUlp } from '../support/one_value.js';

const rsqrt = (x: number) => 1 / Math.sqrt(x);

test('RSQRT is close where it is defined, and largest at 0 and below', () => {
  const scales = [
    ['int8', 0.5, -128],
    ['int8', 0.02, -128],
  ] as const;
  assert.ok(worstStep('RSQRT', scales, {}, rsqrt) < 0.51);
  const shifted = [
    ['int8', 0.5, 0],
    ['int8', 0.02, -128],
  ] as const;
  assert.deepEqual(applied('RSQRT', shifted, {}, [-5, 0, 1, 2, 127]), [127, 127, -57, -78, -122]);
  assert.deepEqual(
    applied(
      'RSQRT',
      [
        ['int16', 1, 0],
        ['int16', 1e-4, 0],
      ],
      {},
      [-1, 0, 4],
    ),
    [32767, 32767, 5000],
  );
});

test('RSQRT of float32 rounds twice', () => {
  assert.ok(worstUlp('RSQRT', {}, rsqrt) <= 1.5);
});

test('RSQRT refuses scales beyond its fixed point, and zero points of int16', () => {
  const codes = (from: Values, to: Values) => codesOf(oneValueOp('RSQRT', from, to, {}));
  assert.deepEqual(codes(['int8', 1, 0], ['int8', 1, 0]), []);
  assert.deepEqual(codes(['int8', 1, 0], ['int8', 1e5, 0]), ['quantization']);
  assert.deepEqual(codes(['int8', 1, 0], ['int8', 1e-20, 0]), ['quantization']);
  assert.deepEqual(codes(['int16', 1, 3], ['int16', 1, 0]), ['quantization']);
});
