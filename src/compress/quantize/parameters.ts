/** Scales and zero points of activations, by TFLite's quantization specification: 8-bit, and 16x8. */
import { perTensor } from '../../graph/build.js';
import type { Quantization } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { ActivationType } from '../../ops/quantization_rules.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export type { ActivationType };

/** Below these a float32 scale, or a product of two, would lose bits. */
export const smallestScale = 2 ** -60;

/** [min, max] widened to include 0, which is then exact; of int16, symmetric. The scale is a float32. */
export function parametersOfRange(
  range: Range,
  dtype: ActivationType = 'int8',
): { readonly scale: number; readonly zeroPoint: number } {
  const [min, max] = [Math.min(range.min, 0), Math.max(range.max, 0)];
  const { min: lowest, max: highest } = typeRange(dtype);
  const symmetric = dtype === 'int16';
  // A tensor that is always 0 may have any scale.
  if (min === max) return { scale: Math.fround(1 / 255), zeroPoint: symmetric ? 0 : lowest };
  const step = symmetric ? Math.max(-min, max) / highest : (max - min) / (highest - lowest);
  const scale = Math.fround(Math.max(step, smallestScale));
  const zeroPoint = symmetric ? 0 : clamp(tfLiteRound(lowest - min / scale), lowest, highest);
  return { scale, zeroPoint };
}

export function activationQuantization(range: Range, dtype: ActivationType): Quantization {
  const { scale, zeroPoint } = parametersOfRange(range, dtype);
  return perTensor(scale, zeroPoint);
}

/** int16 around 0 on a scale that is a power of two, as LSTM's cell state has it; nothing of the range is cut. */
export function powerOfTwoQuantization({ min, max }: Range): Quantization {
  const most = Math.max(-min, max) / typeRange('int16').max;
  // Beyond these exponents TFLM's functions of the cell state are not defined.
  return perTensor(2 ** clamp(Math.ceil(Math.log2(most)), -30, 2), 0);
}

export function quantizeValues(
  values: Float32Array,
  { scale, zeroPoint }: Quantization,
  dtype: ActivationType,
): Int8Array | Int16Array {
  const [s, z] = [scale[0]!, zeroPoint[0]!];
  const { min, max } = typeRange(dtype);
  const quantized = dtype === 'int8' ? new Int8Array(values.length) : new Int16Array(values.length);
  values.forEach((x, i) => {
    quantized[i] = clamp(tfLiteRound(Math.fround(x / s)) + z, min, max);
  });
  return quantized;
}

export function rangeOf(values: Float32Array): Range {
  let [min, max] = [0, 0];
  for (const x of values) {
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { min, max };
}
