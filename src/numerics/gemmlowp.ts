/**
 * gemmlowp's transcendental functions on int32 fixed point (fixedpoint/fixedpoint.h). Qm.n below is m integer and
 * n fractional bits beside the sign; a product of Qa and Qb by the rounding high multiply is Q(a+b).
 */
import {
  roundingDivideByPOT as divideByPOT,
  saturatingRoundingDoublingHighMul as mul,
} from './fixed_point.js';
import type { QuantizedMultiplier } from './quantize_multiplier.js';
import { clamp } from './rounding.js';

const int32Max = 0x7fffffff;
const int32Min = -0x80000000;

/** x · 2^exponent: saturating to the left, rounding (ties away from zero) to the right. */
export function saturatingRoundingMultiplyByPOT(x: number, exponent: number): number {
  return exponent <= 0 ? divideByPOT(x, -exponent) : clamp(x * 2 ** exponent, int32Min, int32Max);
}

/** (a + b) / 2, ties away from zero. */
export function roundingHalfSum(a: number, b: number): number {
  const sum = a + b;
  return Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/** exp(a) for a in [−1/4, 0), Q0.31: the Taylor polynomial of fourth degree around −1/8. */
function expOnIntervalBetweenNegativeOneQuarterAnd0Excl(a: number): number {
  const expMinusEighth = 1895147668;
  const third = 715827883;
  const x = (a + (1 << 28)) | 0;
  const x2 = mul(x, x);
  const x3 = mul(x2, x);
  const x4 = mul(x2, x2);
  const tail = divideByPOT((mul((divideByPOT(x4, 2) + x3) | 0, third) + x2) | 0, 1);
  return (expMinusEighth + mul(expMinusEighth, (x + tail) | 0)) | 0;
}

/** exp(−2^k) in Q0.31 for k = −2 … 4. */
const expMinusPOT = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242] as const;

/** exp(a) in Q0.31 for a ≤ 0 with the given number of integer bits; 0 gives 2^31 − 1. */
export function expOnNegativeValues(a: number, integerBits: number): number {
  if (a === 0) return int32Max;
  const fractionalBits = 31 - integerBits;
  if (integerBits > 5 && a < -(2 ** (fractionalBits + 5))) return 0;
  const quarter = 1 << (fractionalBits - 2);
  const aModQuarterMinusQuarter = (a & (quarter - 1)) - quarter;
  let result = expOnIntervalBetweenNegativeOneQuarterAnd0Excl(
    saturatingRoundingMultiplyByPOT(aModQuarterMinusQuarter, integerBits),
  );
  const remainder = (aModQuarterMinusQuarter - a) | 0;
  for (let k = -2; k <= 4 && k < integerBits; k++) {
    if (remainder & (1 << (fractionalBits + k))) result = mul(result, expMinusPOT[k + 2]!);
  }
  return result;
}

/** Newton–Raphson for 1 / d with d = (1 + a) / 2: Q2.29, three steps from 48/17 − 32/17 · d. */
function reciprocalOfHalfOnePlus(a: number): number {
  const halfDenominator = roundingHalfSum(a, int32Max);
  let x = (1515870810 + mul(halfDenominator, -1010580540)) | 0;
  for (let i = 0; i < 3; i++) {
    const oneMinus = ((1 << 29) - mul(halfDenominator, x)) | 0;
    x = (x + saturatingRoundingMultiplyByPOT(mul(x, oneMinus), 2)) | 0;
  }
  return x;
}

/** 1 / (1 + a) for a in [0, 1], Q0.31. */
export function oneOverOnePlusXForXIn01(a: number): number {
  return saturatingRoundingMultiplyByPOT(reciprocalOfHalfOnePlus(a), 1);
}

/** (1 − a) / (1 + a) for a in [0, 1], Q0.31. */
function oneMinusXOverOnePlusXForXIn01(a: number): number {
  return saturatingRoundingMultiplyByPOT((reciprocalOfHalfOnePlus(a) - (1 << 29)) | 0, 2);
}

/** 1 / (1 + exp(−a)) in Q0.31. */
export function logistic(a: number, integerBits: number): number {
  if (a === 0) return 1 << 30;
  const positive = oneOverOnePlusXForXIn01(expOnNegativeValues(a > 0 ? -a | 0 : a, integerBits));
  return a > 0 ? positive : int32Max - positive;
}

/** tanh(a) in Q0.31. */
export function tanh(a: number, integerBits: number): number {
  if (a === 0) return 0;
  const t = oneMinusXOverOnePlusXForXIn01(expOnNegativeValues(a > 0 ? -a | 0 : a, integerBits + 1));
  return a > 0 ? t : -t;
}

/** 1 / x of TFLite's softmax (internal/common.h, GetReciprocal): Q0.31 of the mantissa, and what to shift by. */
export function getReciprocal(
  x: number,
  integerDigits: number,
): { readonly scale: number; readonly bitsOverUnit: number } {
  const headroomPlusOne = Math.clz32(x);
  const shiftedMinusOne = ((x << headroomPlusOne) - int32Min) | 0;
  return { scale: oneOverOnePlusXForXIn01(shiftedMinusOne), bitsOverUnit: integerDigits - headroomPlusOne };
}

/**
 * log x of TFLite's log-softmax (internal/common.h, log_x_for_x_greater_than_or_equal_to_1): x is brought near
 * 2^(−1/4) by a power of √2, and log of what remains is a rational function of it.
 *
 * @param x positive, with `integerBits`
 * @param outputBits integer bits of the result
 */
export function logXForXGreaterThanOrEqualTo1(x: number, integerBits: number, outputBits: number): number {
  const log2 = 1488522236;
  const fourthRootOfHalf = 1805811301;
  const rootOfHalf = 1518500250;
  const [alphaN, alphaD, alphaI, alphaF] = [117049297, 127690142, 1057819769, 638450708];
  // One bit more, so that the power of two times log 2 does not saturate.
  const accumulatorBits = outputBits + 1;
  const one = 31 - accumulatorBits;
  const quarter = 1 << (29 - accumulatorBits);
  const headroomA = Math.clz32(x);
  const ra = saturatingRoundingMultiplyByPOT(
    mul(saturatingRoundingMultiplyByPOT(x, headroomA - 1), rootOfHalf),
    1,
  );
  const powerA = saturatingRoundingMultiplyByPOT(integerBits - headroomA, one) + quarter;
  const headroomB = Math.clz32(mul(x, rootOfHalf)) - 1;
  const rb = saturatingRoundingMultiplyByPOT(x, headroomB);
  const powerB = saturatingRoundingMultiplyByPOT(integerBits - headroomB, one) - quarter;
  const r = Math.min(ra, rb);
  const p = roundingHalfSum(r, fourthRootOfHalf);
  const q = 2 * (r - fourthRootOfHalf);
  const q2 = mul(q, q);
  const numerator = (mul(q, r) + mul(mul(q, q2), alphaN)) | 0;
  const denominator = (mul(p, (alphaI + q + mul(alphaD, q2)) | 0) + mul(alphaF, q)) | 0;
  const quotient = mul(divideByPOT(numerator, accumulatorBits), oneOverOnePlusXForXIn01(denominator));
  return saturatingRoundingMultiplyByPOT((mul(Math.max(powerA, powerB), log2) + quotient) | 0, 1);
}

/**
 * 1 / √x as a multiplier (internal/common.h, GetInvSqrtQuantizedMultiplierExp), by five Newton steps in Q3.28.
 *
 * @param x 0 … 2^31 − 1; 0 counts as 1
 */
export function getInvSqrtQuantizedMultiplier(x: number): QuantizedMultiplier {
  if (x <= 1) return { multiplier: int32Max, shift: 0 };
  let [input, right] = [x, 11];
  while (input >= 1 << 29) {
    input >>= 2;
    right++;
  }
  const pairs = ((Math.clz32(input) - 1) >> 1) - 1;
  right -= pairs;
  const half = divideByPOT((input << (2 * pairs)) >> 1, 1);
  const halfThree = (1 << 28) + (1 << 27);
  let root = 1 << 28;
  for (let i = 0; i < 5; i++) {
    const cube = saturatingRoundingMultiplyByPOT(mul(mul(root, root), root), 6);
    root = saturatingRoundingMultiplyByPOT((mul(halfThree, root) - mul(half, cube)) | 0, 3);
  }
  const multiplier = mul(root, 1518500250);
  return right < 0 ? { multiplier: multiplier << -right, shift: 0 } : { multiplier, shift: 0 - right };
}
