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
  const channels = channelsOf(weights, form.axis);

  const scale = form.weights === 'int4' ? leastErrorScales(values, channels, top) : rangeScales();
  biases?.forEach((b, c) => {
    const s = form.axis === undefined ? 0 : c;
    scale[s] = Math.max(scale[s]!, Math.abs(b) / (inputScale * largestBias[form.bias]));
  });

  const data = roundWeights(values, channels, scale, top);
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
    return scalesOf(largestOf(values, channels), top);
  }
}

/** Whole numbers as an array of the type. */
export function integers(values: Float64Array, dtype: 'int32' | 'int64'): Int32Array | BigInt64Array {
  return dtype === 'int32' ? Int32Array.from(values) : BigInt64Array.from(Array.from(values, BigInt));
}

/** Elements that share a scale, as runs of neighbors: those of channel c begin at (k · count + c) · run, for each k. */
interface Channels {
  readonly count: number;
  readonly run: number;
}

function channelsOf({ shape }: Pick<Tensor, 'shape'>, axis: number | undefined): Channels {
  if (axis === undefined) return { count: 1, run: elementCount(shape) };
  return { count: shape[axis]!, run: elementCount(shape.slice(axis + 1)) };
}

/** Calls back for each run of neighbors in order: their channel, the first, and one past the last. */
function forEachRun(
  size: number,
  { count, run }: Channels,
  visit: (channel: number, begin: number, end: number) => void,
): void {
  for (let begin = 0, c = 0; begin < size; begin += run, c = c + 1 === count ? 0 : c + 1) {
    visit(c, begin, begin + run);
  }
}

function roundWeights(values: Float32Array, channels: Channels, scale: Float32Array, top: number): Int8Array {
  const data = new Int8Array(values.length);
  forEachRun(values.length, channels, (c, begin, end) => {
    const s = scale[c]!;
    for (let i = begin; i < end; i++) data[i] = clamp(tfLiteRound(values[i]! / s), -top, top);
  });
  return data;
}

function largestOf(values: Float32Array, channels: Channels): Float64Array {
  const largest = new Float64Array(channels.count);
  forEachRun(values.length, channels, (c, begin, end) => {
    let most = largest[c]!;
    for (let i = begin; i < end; i++) most = Math.max(most, Math.abs(values[i]!));
    largest[c] = most;
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

/** Of each channel's magnitudes, by bins of equal width up to the largest: how many, their sum and their sum of squares. */
interface Magnitudes {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

/** Fine beside the seven levels of int4; a weight in the bin of a threshold is as far from either level. */
const bins = 1024;

/** With so few levels it pays to clip the largest weights: of each scale, the one of least squared error. */
function leastErrorScales(values: Float32Array, channels: Channels, top: number): Float32Array {
  const largest = largestOf(values, channels);
  const magnitudes = magnitudesOf(values, channels, largest);
  const tried = parts.map((part) =>
    scalesOf(
      largest.map((m) => m * part),
      top,
    ),
  );
  return Float32Array.from(largest, (most, c) => {
    let [best, least] = [tried[0]![c]!, Infinity];
    if (most === 0) return best;
    for (const scales of tried) {
      const error = squaredError(magnitudes, c, (scales[c]! / most) * bins, top);
      if (error < least) [best, least] = [scales[c]!, error];
    }
    return best;
  });
}

/** In units of the channel's largest; sums run from the first bin on. */
function magnitudesOf(values: Float32Array, channels: Channels, largest: Float64Array): Magnitudes {
  const size = channels.count * (bins + 1);
  const [count, sum, squares] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  forEachRun(values.length, channels, (c, begin, end) => {
    const [first, unit] = [c * (bins + 1), largest[c]! > 0 ? 1 / largest[c]! : 0];
    for (let i = begin; i < end; i++) {
      const m = Math.abs(values[i]!) * unit;
      const bin = first + 1 + Math.min(Math.trunc(m * bins), bins - 1);
      count[bin]!++;
      sum[bin]! += m;
      squares[bin]! += m * m;
    }
  });
  for (const totals of [count, sum, squares]) {
    for (let i = 1; i < size; i++) if (i % (bins + 1) !== 0) totals[i]! += totals[i - 1]!;
  }
  return { count, sum, squares };
}

/** Σ (m − q · step)² over a channel's magnitudes. @param step in bins */
function squaredError({ count, sum, squares }: Magnitudes, c: number, step: number, top: number): number {
  const first = c * (bins + 1);
  let error = 0;
  let from = first;
  for (let q = 0; q <= top; q++) {
    const to = q === top ? first + bins : first + Math.min(bins, Math.round((q + 0.5) * step));
    const value = (q * step) / bins;
    error += squares[to]! - squares[from]! - 2 * value * (sum[to]! - sum[from]!);
    error += value * value * (count[to]! - count[from]!);
    from = to;
  }
  return error;
}

/** Weights as the real values that they stand for. */
export function dequantizeWeights({
  shape,
  quantization,
  data,
}: Quantized & Pick<Tensor, 'shape'>): Float32Array {
  const integers = data as Int8Array;
  const values = new Float32Array(integers.length);
  forEachScale({ shape, quantization }, (scale, begin, end) => {
    for (let i = begin; i < end; i++) values[i] = scale * integers[i]!;
  });
  return values;
}

/** Calls back for each run of neighboring weights of one scale in order: their scale, the first, and one past the last. */
export function forEachScale(
  { shape, quantization }: Pick<Tensor, 'shape' | 'quantization'>,
  visit: (scale: number, begin: number, end: number) => void,
): void {
  const { scale, axis } = quantization!;
  const channels = channelsOf({ shape }, scale.length > 1 ? axis : undefined);
  forEachRun(elementCount(shape), channels, (c, begin, end) => visit(scale[c]!, begin, end));
}

/** The scale of the i-th weight. */
export function scalesOfElements({
  shape,
  quantization,
}: Pick<Tensor, 'shape' | 'quantization'>): (i: number) => number {
  const { scale, axis } = quantization!;
  const { count, run } = channelsOf({ shape }, scale.length > 1 ? axis : undefined);
  return (i) => scale[Math.floor(i / run) % count]!;
}

/** Signal-to-quantization-noise ratio of weights alone, dB; as `sqnr`. */
export function weightsSqnr(real: Tensor, quantized: Quantized): number | undefined {
  const power: Power = { signal: 0, noise: 0 };
  addWeightsPower(power, real, quantized);
  return sqnr(power);
}

export function addWeightsPower(power: Power, real: Tensor, quantized: Quantized): void {
  const values = dequantizeWeights({ ...quantized, shape: real.shape });
  (real.data as Float32Array).forEach((w, i) => {
    power.signal += w * w;
    power.noise += (w - values[i]!) ** 2;
  });
}
