/**
 * TFLite's and gemmlowp's fixed-point primitives under their own names, bit for bit as TFLM is built: double
 * rounding (TFLITE_SINGLE_ROUNDING unset). 64-bit products are split into doubles that hold them exactly, since
 * BigInt is a hundred times slower; the tests compare with BigInt twins.
 */

/**
 * (a · b + 2^30) >> 31, ties toward +∞; only INT32_MIN · INT32_MIN saturates. gemmlowp/fixedpoint/fixedpoint.h.
 *
 * With a = ah · 2^16 + al, ⌊(ah·b·2^16 + al·b + 2^30) / 2^31⌋ = ⌊(ah·b + ⌊(al·b + 2^30) / 2^16⌋) / 2^15⌋, and
 * every term stays below 2^48.
 */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  if (a === -0x80000000 && b === -0x80000000) return 0x7fffffff;
  return Math.floor(((a >> 16) * b + Math.floor(((a & 0xffff) * b + 0x40000000) / 0x10000)) / 0x8000);
}

/** The int16 twin: (a · b + 2^14) >> 15, with −32768 · −32768 saturated. */
export function saturatingRoundingDoublingHighMul16(a: number, b: number): number {
  if (a === -0x8000 && b === -0x8000) return 0x7fff;
  return (a * b + 0x4000) >> 15;
}

/** x / 2^exponent rounded to nearest, ties away from zero; 0 ≤ exponent ≤ 31. */
export function roundingDivideByPOT(x: number, exponent: number): number {
  const mask = ((1 << exponent) - 1) | 0;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/**
 * x · multiplier · 2^(shift − 31) as the int32 overload computes it: left shift (wrapping), then the rounding high
 * multiply, then the rounding right shift. tensorflow/lite/kernels/internal/common.cc.
 */
export function multiplyByQuantizedMultiplier(x: number, multiplier: number, shift: number): number {
  return shift > 0
    ? saturatingRoundingDoublingHighMul(x << shift, multiplier)
    : roundingDivideByPOT(saturatingRoundingDoublingHighMul(x, multiplier), -shift);
}

/** The multiplier of the int64 overload: reduced to 16 bits, rounded. */
function reducedMultiplier(multiplier: number): number {
  return multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
}

/**
 * The int64 overload: (x · m16 + 2^(14 − shift)) >> (15 − shift) with one rounding, truncated to int32.
 *
 * @param x an integer, |x| < 2^47 (TFLite's own contract)
 * @param shift −31 … 7
 */
export function multiplyByQuantizedMultiplier64(x: number, multiplier: number, shift: number): number {
  const m16 = reducedMultiplier(multiplier);
  const totalShift = 15 - shift;
  const high = Math.floor(x / 0x1000000);
  const a = high * m16;
  const b = (x - high * 0x1000000) * m16 + 2 ** (totalShift - 1);
  // ⌊(a · 2^24 + b) / 2^totalShift⌋ modulo 2^32, without ever forming the 62-bit sum.
  return totalShift >= 24
    ? Math.floor((a + Math.floor(b / 0x1000000)) / 2 ** (totalShift - 24)) | 0
    : (((a | 0) << (24 - totalShift)) + (Math.floor(b / 2 ** totalShift) | 0)) | 0;
}
