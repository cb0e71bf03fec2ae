/** exp in fixed point of 256 fractional bits, far finer than any float. */
const fraction = 256n;
const one = 1n << fraction;

/** ln 2 = Σ 1 / (k · 2^k). */
const ln2 = Array.from({ length: 260 }, (_, i) => BigInt(i + 1)).reduce((sum, k) => sum + (one >> k) / k, 0n);

/** @param x float32, a multiple of 2^−149 */
function fixedPoint(x: number): bigint {
  return BigInt(x * 2 ** 149) << (fraction - 149n);
}

/** (y − exp(x)) / (the step of float32 at y). @param x at most 0 @param y float32 */
export function errorInUlps(x: number, y: number): number {
  const fixed = fixedPoint(x);
  const n = -fixed / ln2;
  const r = fixed + n * ln2;
  let [sum, term] = [0n, one];
  for (let k = 1n; term !== 0n; k++) {
    sum += term;
    term = (term * r) / (k * one);
  }
  const difference = fixedPoint(y) - (sum >> n);
  const step = Math.max(Math.floor(Math.log2(y)) - 23, -149);
  // 32 bits after the point of an ulp.
  return Number((difference << 32n) >> BigInt(256 + step)) / 2 ** 32;
}
