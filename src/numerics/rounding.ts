/** Rounding as C++ does it; JavaScript's Math.round differs on negative ties. */

/** std::round, which TfLiteRound is: ties away from zero. Exact for every double. */
export function tfLiteRound(x: number): number {
  const t = Math.trunc(x);
  return Math.abs(x - t) >= 0.5 ? t + Math.sign(x) : t;
}

export function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max);
}
