/** Rounding as C++ does it; JavaScript's Math.round differs on negative ties. */

/** std::round, which TfLiteRound is: ties away from zero. Exact for every double. */
export function tfLiteRound(x: number): number {
  const t = Math.trunc(x);
  return Math.abs(x - t) >= 0.5 ? t + Math.sign(x) : t;
}

/** lrintf: to nearest, ties to even. */
export function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

export function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max);
}

/** The float clamp of TFLite's kernels, std::min(std::max(x, min), max): keeps NaN, and −0 where min is 0. */
export function activationFunctionWithMinMax(x: number, min: number, max: number): number {
  if (x < min) return min;
  // Not Math.max: Math.max(−0, 0) is 0, std::max(−0.0, 0.0) is −0.0.
  return x > max ? max : x;
}
