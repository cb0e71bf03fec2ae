/** The transcendental functions against real arithmetic; their bits are proven by the SOFTMAX goldens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  expOnNegativeValues,
  getReciprocal,
  logistic,
  oneOverOnePlusXForXIn01,
  roundingHalfSum,
  saturatingRoundingMultiplyByPOT,
  tanh,
} from '../../src/numerics/gemmlowp.js';

const seed = { seed: 1, numRuns: 5000 };
const one = 2 ** 31;
const bits = fc.integer({ min: 0, max: 8 });

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Number.isInteger(actual) && actual >= -one && actual < one, `${actual} is not an int32`);
  assert.ok(Math.abs(actual / one - expected) < tolerance, `${actual / one} is far from ${expected}`);
}

// The polynomial leaves x^5 / 120 at |x| = 1/8: 2^−22.
test('expOnNegativeValues is exp, within 2^-21, for every number of integer bits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -one, max: 0 }), bits, (raw, integerBits) =>
      near(expOnNegativeValues(raw, integerBits), Math.exp((raw / one) * 2 ** integerBits), 2 ** -21),
    ),
    seed,
  );
  assert.equal(expOnNegativeValues(0, 5), one - 1);
});

test('the reciprocals are right within 2^-28', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: one - 1 }), (raw) =>
      near(oneOverOnePlusXForXIn01(raw), 1 / (1 + raw / one), 2 ** -28),
    ),
    seed,
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: one - 1 }), (x) => {
      // x is Q12.19: 1 / real(x) = scale · 2^(−31 − bitsOverUnit).
      const { scale, bitsOverUnit } = getReciprocal(x, 12);
      near(scale, (1 / (x / 2 ** 19)) * 2 ** bitsOverUnit, 2 ** -28);
    }),
    seed,
  );
});

test('logistic and tanh are odd around their middle and close to the real functions', () => {
  const raw = fc.integer({ min: -one + 1, max: one - 1 });
  fc.assert(
    fc.property(raw, fc.integer({ min: 1, max: 5 }), (x, integerBits) => {
      const real = (x / one) * 2 ** integerBits;
      near(logistic(x, integerBits), 1 / (1 + Math.exp(-real)), 2 ** -21);
      near(tanh(x, integerBits), Math.tanh(real), 2 ** -20);
      if (x !== 0) assert.equal(logistic(x, integerBits) + logistic(-x, integerBits), one - 1);
      assert.equal(tanh(x, integerBits) + tanh(-x, integerBits), 0);
    }),
    seed,
  );
});

test('shifts saturate to the left and round ties away from zero to the right; half sums too', () => {
  assert.equal(saturatingRoundingMultiplyByPOT(2 ** 30, 1), one - 1);
  assert.equal(saturatingRoundingMultiplyByPOT(-(2 ** 30) - 1, 1), -one);
  assert.equal(saturatingRoundingMultiplyByPOT(-5, -1), -3);
  assert.deepEqual(
    [
      roundingHalfSum(1, 2),
      roundingHalfSum(-1, -2),
      roundingHalfSum(one - 1, one - 1),
      roundingHalfSum(0, 0),
    ],
    [2, -2, one - 1, 0],
  );
});
