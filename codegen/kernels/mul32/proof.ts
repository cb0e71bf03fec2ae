/** What the mul32 kernels count on, proven layer by layer from the constants: weights, biases, multipliers, shifts. */
import type { WeightedParameters } from '../../../src/ops/convolution.js';

/** Weights of output channel c, in the order in which the kernel adds their products up. */
export type Filter = (channel: number) => Int8Array;

/** int8 activations and weights, and an accumulator that TFLM requantizes with double rounding. */
export function isInt8(p: WeightedParameters): boolean {
  return p.dtype === 'int8' && p.weightsDtype === 'int8' && p.accumulator === 'int32';
}

/**
 * bias + inputOffset · Σ weights: with it the kernels multiply activations as they are. Modulo 2^32, like the sums.
 */
export function foldedBias(p: WeightedParameters, filter: Filter, channels: number): Int32Array {
  const bias = p.bias as Int32Array | undefined;
  return Int32Array.from({ length: channels }, (_, c) => {
    const sum = filter(c).reduce((n, w) => n + w, 0);
    return (bias?.[c] ?? 0) + p.inputOffset * sum;
  });
}

/** A multiplier of zero gives zero with any shift; TFLM's 0 for it would ask for a kernel that rounds nothing off. */
export function shiftsOf(p: WeightedParameters): Int8Array {
  return Int8Array.from(p.shift, (shift, i) => (p.multiplier[i] === 0 ? -1 : shift));
}

/**
 * The contract of crimp_mul32_requantize: a right shift, and |sum| + |rounding| < 2^31 for every input. The kernel's
 * intermediate sums, of the folded bias and products with −128 … 127, stay inside 32 bits as well.
 */
export function sumsFit(p: WeightedParameters, filter: Filter, channels: number): boolean {
  const bias = p.bias as Int32Array | undefined;
  const shifts = shiftsOf(p);
  const largest = Math.max(Math.abs(-128 + p.inputOffset), Math.abs(127 + p.inputOffset));
  for (let c = 0; c < channels; c++) {
    const right = -shifts[shifts.length > 1 ? c : 0]!;
    if (right < 1) return false;
    const weights = filter(c);
    const magnitude = weights.reduce((n, w) => n + Math.abs(w), 0);
    const sum = weights.reduce((n, w) => n + w, 0);
    const exact = Math.abs(bias?.[c] ?? 0) + magnitude * largest;
    const folded = Math.abs((bias?.[c] ?? 0) + p.inputOffset * sum) + magnitude * 128;
    const rounding = (0.5 + Math.abs(p.outputOffset)) * 2 ** right;
    if (Math.max(exact, folded) + rounding >= 2 ** 31) return false;
  }
  return true;
}

/** Lanes of 16 bits hold two products of any activations: |w0| · 128 + |w1| · 128 < 2^15 for neighbors. */
export function pairsFit(filter: Filter, channels: number): boolean {
  for (let c = 0; c < channels; c++) {
    const weights = filter(c);
    for (let k = 0; k < weights.length; k += 2) {
      if (Math.abs(weights[k]!) + Math.abs(weights[k + 1] ?? 0) > 255) return false;
    }
  }
  return true;
}
