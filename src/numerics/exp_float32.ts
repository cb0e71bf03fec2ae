/**
 * exp for x ≤ 0 in float32, every step rounded, so that emitted C (kernels/portable/softmax_f32.c) gives the same
 * bits on any target. Within 3·10⁻⁷ of the true value: x = n · ln 2 + r, Taylor to the sixth degree on r.
 */
const f = Math.fround;

const log2e = f(Math.LOG2E);
/** ln 2 as a part whose products with n are exact, and the rest. */
const ln2High = 0.693359375;
const ln2Low = f(Math.LN2 - ln2High);
const coefficients = [1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1, 1].map(f);

/** Below, even the smallest float32 is more than twice too large. */
const underflow = -104;

/** 2^n for n = −75 … 0. */
const powersOfTwo = Float32Array.from({ length: 76 }, (_, i) => 2 ** (i - 75));

export function expFloat32(x: number): number {
  if (x < underflow) return 0;
  if (Number.isNaN(x)) return x;
  const n = Math.trunc(f(f(x * log2e) - 0.5));
  const r = f(f(x - f(n * ln2High)) - f(n * ln2Low));
  let y = coefficients[0]!;
  for (let i = 1; i < 7; i++) y = f(f(y * r) + coefficients[i]!);
  // In two steps, since 2^n itself may be below the smallest normal number.
  const half = n >> 1;
  return f(f(y * powersOfTwo[half + 75]!) * powersOfTwo[n - half + 75]!);
}
