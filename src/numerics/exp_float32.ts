/**
 * exp as expf of the C library that TFLM's reference kernels call. glibc (2.27 and later) and musl share one expf, from
 * Arm's optimized routines (math/expf.c): doubles, rounded to float32 once. It errs by up to 0.502 ulp, so about one
 * result in 1600 is not the nearest float32, and TFLM's outputs hold that one. Of all float32 two differ from glibc 2.36,
 * which fuses products and sums where the processor can. Emitted C (kernels/portable/exp_f32.c) takes the same steps, all
 * plain IEEE operations.
 */

/** 2^(i / 32), nearest doubles. */
const powersOfTwo32nds = new Float64Array([
  1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
  1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484,
  1.2690509571917332, 1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832,
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: one of a series
  1.4142135623730951, 1.4451808069770467, 1.4768261459394993, 1.5091644275934228, 1.5422108254079407,
  1.5759808451078865, 1.6104903319492543, 1.645755478153965, 1.681792830507429, 1.718619298122478,
  1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103, 1.9152065613971474,
  1.9571441241754002,
]);

/** Below, half of the smallest float32 is more than exp; above, exp is more than the largest. */
const underflow = -104;
const overflow = Math.fround(88.72283);

/**
 * x = (n / 32 + r) · ln 2 with |r| ≤ 1/64; 2^r by a cubic polynomial, whose coefficients are Arm's
 * (math/exp2f_data.c, |error| < 2^−34).
 *
 * @param x float32
 * @returns float32
 */
export function expFloat32(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < underflow) return 0;
  if (x > overflow) return Number.POSITIVE_INFINITY;
  const z = x * Math.LOG2E;
  const n = Math.trunc(z * 32 + (x < 0 ? -0.5 : 0.5));
  const r = z - n / 32;
  const high = 0.05550361559341535 * r + 0.2402284522445722;
  const low = 0.6931471806916203 * r + 1;
  const y = high * (r * r) + low;
  return Math.fround(y * (powersOfTwo32nds[n & 31]! * 2 ** (n >> 5)));
}
