/** Real multipliers as fixed point. tensorflow/lite/kernels/internal/quantization_util.cc. */
import { tfLiteRound } from './rounding.js';

/** real = multiplier · 2^(shift − 31), multiplier in [2^30, 2^31) or 0. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** x = mantissa · 2^exponent with 0.5 ≤ |mantissa| < 1; C's frexp for finite x. */
export function frexp(x: number): { readonly mantissa: number; readonly exponent: number } {
  if (x === 0 || !Number.isFinite(x)) return { mantissa: x, exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  // Subnormals are scaled into the normal range first: their exponent field says nothing.
  const scaled = Math.abs(x) < 2 ** -1022;
  view.setFloat64(0, scaled ? x * 2 ** 64 : x);
  const high = view.getUint32(0);
  view.setUint32(0, ((high & 0x800fffff) | (1022 << 20)) >>> 0);
  return { mantissa: view.getFloat64(0), exponent: ((high >>> 20) & 0x7ff) - 1022 - (scaled ? 64 : 0) };
}

/** QuantizeMultiplier: 31 fractional bits, ties away from zero; below 2^−32 it becomes 0. */
export function quantizeMultiplier(real: number): QuantizedMultiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  const { mantissa, exponent } = frexp(real);
  let multiplier = tfLiteRound(mantissa * 2 ** 31);
  let shift = exponent;
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift += 1;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** QuantizeMultiplier for each channel's input scale · weight scale / output scale, all in double (kernel_util.cc). */
export function quantizeMultipliers(
  inputScale: number,
  weightScales: Float32Array,
  outputScale: number,
  channels: number,
): { readonly multiplier: Int32Array; readonly shift: Int32Array } {
  const multiplier = new Int32Array(channels);
  const shift = new Int32Array(channels);
  for (let c = 0; c < channels; c++) {
    const weightScale = weightScales[weightScales.length > 1 ? c : 0] ?? 0;
    const q = quantizeMultiplier((inputScale * weightScale) / outputScale);
    multiplier[c] = q.multiplier;
    shift[c] = q.shift;
  }
  return { multiplier, shift };
}
