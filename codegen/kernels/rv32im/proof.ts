/** What the rv32im kernels count on, proven layer by layer from the constants: weights, biases, multipliers, shifts. */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import { type Filter, foldedBias, shiftsOf } from '../mul32/proof.js';

/** Fields of struct crimp_rv32im_rescale. */
export interface Rescale {
  readonly align: number;
  readonly odd_offset: number;
  readonly min: number;
  readonly max: number;
  readonly rectified: 0 | 1;
}

/** crimp_rv32im_sum_bits: a lane holds sums of −2^20 to 2^20 − 1, times 2^11 they fill a word. */
const sumBits = 21;

/**
 * The largest power of two with which every sum, with its bias, fits into 32 bits, and so does what is added before the
 * right shift: |sum| · 2^align < 2^31, half of that is the most a high multiply gives, and 2^30 is left for the offset.
 *
 * @returns undefined where there is none, or where the output offset lies outside the clamp
 */
export function rescaleOf(p: WeightedParameters, filter: Filter, channels: number): Rescale | undefined {
  const { min, max } = p.activation;
  if (min > p.outputOffset || max < p.outputOffset) return undefined;
  const shifts = shiftsOf(p);
  const bias = foldedBias(p, filter, channels);
  let align = 32 - sumBits;
  for (let c = 0; c < channels; c++) {
    const at = shifts.length > 1 ? c : 0;
    if (shifts[at]! > -1 || p.multiplier[at]! < 0) return undefined;
    const { low, high } = reachOf(p, filter(c), bias[c]!, c);
    const furthest = Math.max(-low, high + 1, 1);
    align = Math.min(align, 31 - Math.ceil(Math.log2(furthest)), 23 + shifts[at]!);
  }
  if (align < 2) return undefined;
  return { align, odd_offset: 2 * p.outputOffset + 1, min, max, rectified: min === p.outputOffset ? 1 : 0 };
}

/** All that a channel's sum can be on its way, with its folded bias or TFLM's own. */
function reachOf(p: WeightedParameters, weights: Int8Array, folded: number, c: number) {
  const bias = Number(p.bias?.[c] ?? 0);
  let [low, high] = [folded, folded];
  let furthest = Math.abs(bias);
  for (const w of weights) {
    low += Math.min(127 * w, -128 * w);
    high += Math.max(127 * w, -128 * w);
    furthest += Math.max(Math.abs(w * (p.inputOffset - 128)), Math.abs(w * (p.inputOffset + 127)));
  }
  // Wherever TFLM's sum wraps around, the folded one is no bound.
  return furthest < 2 ** 31 ? { low, high } : { low: -(2 ** 31), high: 2 ** 31 };
}

/** How many of its weights, from any multiple of them on, a lane can take: Σ |w| · 128 < 2^20. The longest of all channels. */
export function segmentOf(filter: Filter, channels: number, depth: number): number {
  const most = 2 ** (sumBits - 1) / 128 - 1;
  const fits = (segment: number) => {
    for (let c = 0; c < channels; c++) {
      const weights = filter(c);
      for (let k = 0; k < depth; k += segment) {
        if (weights.subarray(k, k + segment).reduce((n, w) => n + Math.abs(w), 0) > most) return false;
      }
    }
    return true;
  };
  for (let count = 1; ; count++) {
    const segment = Math.ceil(depth / count);
    if (fits(segment)) return segment;
  }
}
