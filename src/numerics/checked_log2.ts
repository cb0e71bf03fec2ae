/** Powers of two among scales, as TFLite looks for them: CheckedLog2 of internal/quantization_util.cc. */
import { logFloat32 } from './log_float32.js';
import { tfLiteRound } from './rounding.js';

const f = Math.fround;
const inverseLog2 = f(1 / logFloat32(2));

/** The exponent of a float32 that is close to a power of two, else undefined. */
export function checkedLog2(x: number): number | undefined {
  const log2 = f(logFloat32(x) * inverseLog2);
  const exponent = tfLiteRound(log2);
  return Math.abs(f(log2 - exponent)) < f(1e-3) ? exponent : undefined;
}
