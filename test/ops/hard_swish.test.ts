import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstStep } from '../support/one_value.js';

const swish = (x: number) => (x * Math.min(6, Math.max(0, x + 3))) / 6;

test('HARD_SWISH of int8 is within two steps of the real one, and 0 below -3', () => {
  for (const scale of [0.02, 0.1, 1]) {
    assert.ok(
      worstStep(
        'HARD_SWISH',
        [
          ['int8', scale, 3],
          ['int8', scale, -5],
        ],
        {},
        swish,
      ) < 2,
      `${scale}`,
    );
  }
  const scales = [
    ['int8', 0.1, 0],
    ['int8', 0.1, -100],
  ] as const;
  assert.deepEqual(applied('HARD_SWISH', scales, {}, [-128, -30, 0, 30, 127]), [-100, -100, -100, -70, 27]);
});

test('HARD_SWISH of float32 multiplies before it divides', () => {
  const given = [-4, -3, -1, -0, 0, 1.5, 3, 100];
  assert.deepEqual(applied('HARD_SWISH', ['float32', 'float32'], {}, given), [
    -0,
    -0,
    Math.fround(-1 / 3),
    -0,
    0,
    1.125,
    3,
    100,
  ]);
});

test('HARD_SWISH refuses an output whose steps are too fine, as TFLM does', () => {
  const codes = (input: number, output: number) =>
    codesOf(oneValueOp('HARD_SWISH', ['int8', input, 0], ['int8', output, 0], {}));
  assert.deepEqual(codes(1.27, 0.01), []);
  assert.deepEqual(codes(1.28, 0.005), ['quantization']);
  assert.deepEqual(codes(2 ** 40, 2 ** 40), ['quantization']);
});
