/** Weights and biases by TFLite's quantization specification: symmetric weights, biases at scale input · weights. */
import { elementCount } from '../../graph/access.js';
import { perChannel } from '../../graph/build.js';
import type { Tensor } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { type Power, sqnr } from './compare.js';
import { smallestScale } from './parameters.js';

export type WeightsType = 'int8' | 'int4';

type Quantized = Pick<Tensor, 'dtype' | 'quantization' | 'data'>;

export interface QuantizedWeights {
  readonly weights: Quantized;
  readonly bias?: Quantized;
}

export interface WeightsForm {
  /** A scale for each index of this axis; one for all when absent. */
  readonly axis?: number;
  readonly weights: WeightsType;
  /** int64 for int16 activations. */
  readonly bias: 'int32' | 'int64';
}

/** Weights are −largest … largest: the lowest value of the type stays unused. */
export const largestWeight: Readonly<Record<WeightsType, number>> = { int8: 127, int4: 7 };

/** Largest bias, which leaves more than as much again for the sum of products (of int64, below 2^46). */
export const largestBias = { int32: 2 ** 30, int64: 2 ** 45 } as const;

/**
 * A channel's scale is made coarser where its bias would not fit.
 *
 * @param channelAxis of the weights: each index has its own bias
 * @param inputScale of the activation, float32
 */
export function quantizeWeights(
  weights: Tensor,
  bias: Tensor | undefined,
  channelAxis: number,
  inputScale: number,
  form: WeightsForm = { axis: channelAxis, weights: 'int8', bias: 'int32' },
): QuantizedWeights {
  const values = weights.data as Float32Array;
  const biases = bias?.data as Float32Array | undefined;
  const top = largestWeight[form.weights];
  const scaleIndex = indexAlong(weights, form.axis);

  const scale = form.weights === 'int4' ? leastErrorScales(values, scaleIndex, top) : rangeScales();
  biases?.forEach((b, c) => {
    const s = form.axis === undefined ? 0 : c;
    scale[s] = Math.max(scale[s]!, Math.abs(b) / (inputScale * largestBias[form.bias]));
  });

  const data = Int8Array.from(values, (w, i) => clamp(tfLiteRound(w / scale[scaleIndex.of(i)]!), -top, top));
  const axis = form.axis ?? 0;
  const quantized = { dtype: form.weights, quantization: perChannel(scale, axis), data };
  if (!biases) return { weights: quantized };
  const biasScale = scale.map((s) => inputScale * s);
  const rounded = Float64Array.from(biases, (b, c) =>
    tfLiteRound(b / biasScale[biasScale.length > 1 ? c : 0]!),
  );
  return {
    weights: quantized,
    bias: { dtype: form.bias, quantization: perChannel(biasScale, 0), data: integers(rounded, form.bias) },
  };

  function rangeScales(): Float32Array {
    return scalesOf(largestOf(values, scaleIndex), top);
  }
}

/** Whole numbers as an array of the type. */
export function integers(values: Float64Array, dtype: 'int32' | 'int64'): Int32Array | BigInt64Array {
  return dtype === 'int32' ? Int32Array.from(values) : BigInt64Array.from(Array.from(values, BigInt));
}

interface IndexAlong {
  readonly count: number;
  /** Of the element i. */
  of(i: number): number;
}

function indexAlong({ shape }: Pick<Tensor, 'shape'>, axis: number | undefined): IndexAlong {
  if (axis === undefined) return { count: 1, of: () => 0 };
  const count = shape[axis]!;
  const after = elementCount(shape.slice(axis + 1));
  return { count, of: (i) => Math.floor(i / after) % count };
}

function largestOf(values: Float32Array, index: IndexAlong): Float64Array {
  const largest = new Float64Array(index.count);
  values.forEach((w, i) => {
    const c = index.of(i);
    largest[c] = Math.max(largest[c]!, Math.abs(w));
  });
  return largest;
}

function scalesOf(largest: Float64Array, top: number): Float32Array {
  // A channel of zeros needs some scale, for its bias: one far finer than the others'.
  const floor = Math.max((Math.max(...largest) / top) * 2 ** -16, smallestScale);
  return Float32Array.from(largest, (m) => Math.max(m / top, floor));
}

/** Scales are tried that reach these parts of the largest weight. */
const parts = Array.from({ length: 31 }, (_, k) => 1 - k / 50);

/** With so few levels it pays to clip the largest weights: of each scale, the one of least squared error. */
function leastErrorScales(values: Float32Array, index: IndexAlong, top: number): Float32Array {
  const largest = largestOf(values, index);
  const best = scalesOf(largest, top);
  const least = new Float64Array(index.count).fill(Infinity);
  for (const part of parts) {
    const scale = scalesOf(
      largest.map((m) => m * part),
      top,
    );
    const error = new Float64Array(index.count);
    values.forEach((w, i) => {
      const c = index.of(i);
      error[c]! += (w - scale[c]! * clamp(tfLiteRound(w / scale[c]!), -top, top)) ** 2;
    });
    error.forEach((e, c) => {
      if (e >= least[c]!) return;
      least[c] = e;
      best[c] = scale[c]!;
    });
  }
  return best;
}

/** Weights as the real values that they stand for. */
export function dequantizeWeights({
  shape,
  quantization,
  data,
}: Quantized & Pick<Tensor, 'shape'>): Float32Array {
  const scaleOf = scalesOfElements({ shape, quantization });
  return Float32Array.from(data as Int8Array, (q, i) => scaleOf(i) * q);
}

/** The scale of the i-th weight. */
export function scalesOfElements({
  shape,
  quantization,
}: Pick<Tensor, 'shape' | 'quantization'>): (i: number) => number {
  const { scale, axis } = quantization!;
  const index = indexAlong({ shape }, scale.length > 1 ? axis : undefined);
  return (i) => scale[index.of(i)]!;
}

/** Signal-to-quantization-noise ratio of weights alone, dB; as `sqnr`. */
export function weightsSqnr(real: Tensor, quantized: Quantized): number | undefined {
  const values = dequantizeWeights({ ...quantized, shape: real.shape });
  const power: Power = { signal: 0, noise: 0 };
  (real.data as Float32Array).forEach((w, i) => {
    power.signal += w * w;
    power.noise += (w - values[i]!) ** 2;
  });
  return sqnr(power);
}
