/** Scales and zero points by TFLite's 8-bit quantization specification. */
import { elementCount } from '../../graph/access.js';
import { perChannel, perTensor } from '../../graph/build.js';
import type { Quantization, Tensor } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Below these a float32 scale, or a product of two, would lose bits. */
const smallestScale = 2 ** -60;
/** Largest bias, which leaves as much again for the sum of products. */
const largestBias = 2 ** 30;

/** Asymmetric int8: [min, max] widened to include 0, which is then exact. The scale is a float32. */
export function parametersOfRange(range: Range): { readonly scale: number; readonly zeroPoint: number } {
  const [min, max] = [Math.min(range.min, 0), Math.max(range.max, 0)];
  // A tensor that is always 0 may have any scale.
  if (min === max) return { scale: Math.fround(1 / 255), zeroPoint: -128 };
  const scale = Math.fround(Math.max((max - min) / 255, smallestScale));
  return { scale, zeroPoint: clamp(tfLiteRound(-128 - min / scale), -128, 127) };
}

export function activationQuantization(range: Range): Quantization {
  const { scale, zeroPoint } = parametersOfRange(range);
  return perTensor(scale, zeroPoint);
}

export function quantizeValues(values: Float32Array, { scale, zeroPoint }: Quantization): Int8Array {
  const [s, z] = [scale[0]!, zeroPoint[0]!];
  return Int8Array.from(values, (x) => clamp(tfLiteRound(Math.fround(x / s)) + z, -128, 127));
}

export function rangeOf(values: Float32Array): Range {
  let [min, max] = [0, 0];
  for (const x of values) {
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { min, max };
}

export interface QuantizedWeights {
  readonly weights: Pick<Tensor, 'dtype' | 'quantization' | 'data'>;
  readonly bias?: Pick<Tensor, 'dtype' | 'quantization' | 'data'>;
}

/**
 * Symmetric int8 weights, −127…127, with a scale for each index of `axis`, and the int32 bias
 * at scale input · weights. A channel's scale is made coarser where its bias would not fit.
 *
 * @param inputScale of the activation, float32
 */
export function quantizeWeights(
  weights: Tensor,
  bias: Tensor | undefined,
  axis: number,
  inputScale: number,
): QuantizedWeights {
  const values = weights.data as Float32Array;
  const biases = bias?.data as Float32Array | undefined;
  const channels = weights.shape[axis]!;
  const after = elementCount(weights.shape.slice(axis + 1));
  const channelOf = (i: number) => Math.floor(i / after) % channels;

  const largest = new Float64Array(channels);
  values.forEach((w, i) => {
    largest[channelOf(i)] = Math.max(largest[channelOf(i)]!, Math.abs(w));
  });
  // A channel of zeros needs some scale, for its bias: one far finer than the others'.
  const floor = Math.max((Math.max(...largest) / 127) * 2 ** -16, smallestScale);
  const scale = Float32Array.from(largest, (m) => Math.max(m / 127, floor));
  biases?.forEach((b, c) => {
    scale[c] = Math.max(scale[c]!, Math.abs(b) / (inputScale * largestBias));
  });

  const quantized = Int8Array.from(values, (w, i) => clamp(tfLiteRound(w / scale[channelOf(i)]!), -127, 127));
  const quantization = perChannel(scale, axis);
  if (!biases) return { weights: { dtype: 'int8', quantization, data: quantized } };
  const biasScale = scale.map((s) => inputScale * s);
  const biasData = Int32Array.from(biases, (b, c) => tfLiteRound(b / biasScale[c]!));
  return {
    weights: { dtype: 'int8', quantization, data: quantized },
    bias: {
      dtype: 'int32',
      quantization: perChannel(biasScale, 0),
      data: biasData,
    },
  };
}
