import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstStep, worstUlp } from '../support/one_value.js';

const leaky = (alpha: number) => (x: number) => (x > 0 ? x : x * Math.fround(alpha));

test('LEAKY_RELU rescales either side by its own multiplier, whatever the sign of alpha', () => {
  for (const alpha of [0.1, 0, -0.3, 1.5]) {
    const scales = [
      ['int8', 0.05, 10],
      ['int8', 0.07, -20],
    ] as const;
    assert.ok(worstStep('LEAKY_RELU', scales, { alpha }, leaky(alpha)) < 0.75, `${alpha}`);
    const wide = [
      ['int16', 0.001, 100],
      ['int16', 0.0007, -3],
    ] as const;
    assert.ok(worstStep('LEAKY_RELU', wide, { alpha }, leaky(alpha)) < 0.75, `${alpha}`);
    assert.ok(worstUlp('LEAKY_RELU', { alpha }, leaky(alpha), [-3, -0, 0, 5, 1e-40, -1e-40]) < 0.501);
  }
  // A negative alpha negates what is rounded: -2.5 goes up to -2.
  const tie = [
    ['int8', 1, 0],
    ['int8', 2, 0],
  ] as const;
  assert.deepEqual(applied('LEAKY_RELU', tie, { alpha: -1 }, [-5, 5]), [2, 3]);
});

test('LEAKY_RELU refuses scales beyond 2^30 and an alpha that is no number', () => {
  const codes = (alpha: number, scale: number) =>
    codesOf(oneValueOp('LEAKY_RELU', ['int8', scale, 0], ['int8', 1, 0], { alpha }));
  assert.deepEqual(codes(0.1, 1), []);
  assert.deepEqual(codes(0.1, 2 ** 31), ['quantization']);
  assert.deepEqual(codes(-4, 2 ** 30), ['quantization', 'quantization']);
  assert.deepEqual(codes(Number.NaN, 1), ['op-attribute']);
});
