/** Each primitive against its definition in BigInt, edges of int32 included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplier64,
  roundingDivideByPOT,
  saturatingRoundingDoublingHighMul,
  saturatingRoundingDoublingHighMul16,
} from '../../src/numerics/fixed_point.js';

const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: -70000, max: 70000 }),
  fc.constantFrom(-(2 ** 31), -(2 ** 31) + 1, -(2 ** 30), 2 ** 30, 2 ** 31 - 1, 2 ** 31 - 2),
);
const multiplier = fc.oneof(
  fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
  fc.constantFrom(0, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1, 0x7fff0000, 0x7ffeffff, 0x7fff7fff),
);
const options = { numRuns: 20000, seed: 1 };

const wrap = (x: bigint) => Number(BigInt.asIntN(32, x));

function highMul(a: number, b: number): number {
  if (a === -(2 ** 31) && b === -(2 ** 31)) return 2 ** 31 - 1;
  return Number((BigInt(a) * BigInt(b) + (1n << 30n)) >> 31n);
}

/** Nearest integer to x / 2^n, ties away from zero. */
function divide(x: number, n: number): number {
  const [magnitude, power] = [BigInt(Math.abs(x)), 1n << BigInt(n)];
  return Number((2n * magnitude + power) / (2n * power)) * Math.sign(x);
}

test('saturatingRoundingDoublingHighMul is (a · b + 2^30) >> 31', () => {
  fc.assert(
    fc.property(int32, int32, (a, b) => saturatingRoundingDoublingHighMul(a, b) === highMul(a, b)),
    options,
  );
  assert.equal(saturatingRoundingDoublingHighMul(-(2 ** 31), -(2 ** 31)), 2 ** 31 - 1);
});

test('its products on the rounding edge tip towards plus infinity, negative ones too', () => {
  for (const [a, b, expected] of [
    [1, 2 ** 30, 1],
    [-1, 2 ** 30, 0],
    [3, 2 ** 30, 2],
    [-3, 2 ** 30, -1],
  ] as const) {
    assert.equal(saturatingRoundingDoublingHighMul(a, b), expected);
  }
});

test('the int16 twin is (a · b + 2^14) >> 15', () => {
  const int16 = fc.integer({ min: -32768, max: 32767 });
  fc.assert(
    fc.property(int16, int16, (a, b) => {
      const exact = Number((BigInt(a) * BigInt(b) + (1n << 14n)) >> 15n);
      return saturatingRoundingDoublingHighMul16(a, b) === Math.min(exact, 32767);
    }),
    options,
  );
  assert.equal(saturatingRoundingDoublingHighMul16(-32768, -32768), 32767);
});

test('roundingDivideByPOT rounds to nearest, ties away from zero', () => {
  fc.assert(
    fc.property(int32, fc.integer({ min: 0, max: 31 }), (x, n) => {
      assert.equal(roundingDivideByPOT(x, n), divide(x, n) + 0);
    }),
    options,
  );
  assert.deepEqual(
    [-3, -2, -1, 1, 2, 3].map((x) => roundingDivideByPOT(x, 1)),
    [-2, -1, -1, 1, 1, 2],
  );
});

test('multiplyByQuantizedMultiplier shifts left with wrap-around, then rounds twice', () => {
  fc.assert(
    fc.property(int32, multiplier, fc.integer({ min: -31, max: 30 }), (x, m, shift) => {
      const shifted = wrap(BigInt(x) << BigInt(Math.max(shift, 0)));
      const expected = divide(highMul(shifted, m), Math.max(-shift, 0)) + 0;
      assert.equal(multiplyByQuantizedMultiplier(x, m, shift), expected);
    }),
    options,
  );
});

test('double rounding differs from single rounding where it should', () => {
  // 2^30 · x · 2^−31 = 1.5 rounds up to 2, and 2 / 4 = 0.5 rounds up to 1; 1.5 / 4 rounds to 0.
  assert.equal(multiplyByQuantizedMultiplier(3, 2 ** 30, -2), 1);
});

test('multiplyByQuantizedMultiplier64 has a 16-bit multiplier and one rounding', () => {
  const x47 = fc.oneof(
    fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
    int32,
  );
  fc.assert(
    fc.property(x47, multiplier, fc.integer({ min: -31, max: 7 }), (x, m, shift) => {
      const reduced = m < 0x7fff0000 ? BigInt((m + 0x8000) >> 16) : 0x7fffn;
      const total = BigInt(15 - shift);
      const expected = wrap((BigInt(x) * reduced + (1n << (total - 1n))) >> total);
      assert.equal(multiplyByQuantizedMultiplier64(x, m, shift), expected);
    }),
    options,
  );
});
