/** Rounding, activation ranges and padding: small facts with many edges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  calculateActivationRange,
  calculateActivationRangeQuantized,
  float32Max,
} from '../../src/numerics/activation_range.js';
import { computeOutSize, computePadding } from '../../src/numerics/padding.js';
import { activationFunctionWithMinMax, tfLiteRound } from '../../src/numerics/rounding.js';

const int8 = { min: -128, max: 127 };

test('tfLiteRound takes ties away from zero and leaves large values alone', () => {
  const cases = [
    [-2.5, -3],
    [-0.5, -1],
    [0.49999999999999994, 0],
    [0.5, 1],
    [2.5, 3],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [-(2 ** 53), -(2 ** 53)],
  ] as const;
  for (const [x, expected] of cases) assert.equal(tfLiteRound(x), expected);
});

test('the float clamp keeps the sign of zero and NaN', () => {
  assert.ok(Object.is(activationFunctionWithMinMax(-0, 0, 6), -0));
  assert.ok(Number.isNaN(activationFunctionWithMinMax(Number.NaN, 0, 6)));
  assert.equal(activationFunctionWithMinMax(Number.POSITIVE_INFINITY, 0, float32Max), float32Max);
});

test('fused activations clamp at the rounded quotient, within the type', () => {
  const range = (
    activation: 'NONE' | 'RELU' | 'RELU6' | 'RELU_N1_TO_1' | 'TANH',
    scale: number,
    zp: number,
  ) => calculateActivationRangeQuantized(activation, Math.fround(scale), zp, int8);
  assert.deepEqual(range('NONE', 0.1, 3), int8);
  assert.deepEqual(range('TANH', 0.1, 3), int8);
  assert.deepEqual(range('RELU', 0.1, 3), { min: 3, max: 127 });
  assert.deepEqual(range('RELU6', 0.1, -128), { min: -128, max: -68 });
  assert.deepEqual(range('RELU6', 0.01, -128), { min: -128, max: 127 });
  assert.deepEqual(range('RELU_N1_TO_1', 0.4, 0), { min: -3, max: 3 });
  assert.deepEqual(calculateActivationRange('RELU6'), { min: 0, max: 6 });
});

test('the quotient is formed in float32', () => {
  // Scales whose 6 / scale lies just below a tie in double, and on it in float32.
  const ties = Array.from({ length: 120 }, (_, k) => ({ k, scale: Math.fround(6 / (k + 0.5)) }));
  const below = ties.filter(({ k, scale }) => 6 / scale < k + 0.5 && Math.fround(6 / scale) === k + 0.5);
  assert.ok(below.length > 10);
  for (const { k, scale } of below) {
    assert.equal(calculateActivationRangeQuantized('RELU6', scale, 0, int8).max, k + 1);
  }
});

test('SAME padding covers every input, its odd element at the end; VALID has none', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const small = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(size, small, small, small, (inSize, filter, stride, dilation) => {
      const out = computeOutSize('SAME', inSize, filter, stride, dilation);
      const before = computePadding(stride, dilation, inSize, filter, out);
      const effective = (filter - 1) * dilation + 1;
      const after = Math.max(0, (out - 1) * stride + effective - inSize) - before;
      assert.equal(out, Math.ceil(inSize / stride));
      assert.ok(before >= 0 && (after === before || after === before + 1));
      const valid = computeOutSize('VALID', inSize, filter, stride, dilation);
      let positions = 0;
      for (let at = 0; at + effective <= inSize; at += stride) positions++;
      if (effective <= inSize) {
        assert.equal(valid, positions);
        assert.equal(computePadding(stride, dilation, inSize, filter, valid), 0);
      } else assert.ok(valid <= 0);
    }),
    { seed: 1, numRuns: 2000 },
  );
});
