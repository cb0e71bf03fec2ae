/** How far the integer graph is from the float one, layer by layer, on the same data. */

import type { Dataset } from '../../data/index.js';
import { writtenBy } from '../../graph/access.js';
import type { Graph, Quantization } from '../../graph/graph.js';
import { createSimulator } from '../../simulator/simulator.js';
import { isStream, setSample } from './set_sample.js';

/** Signal and noise power of one tensor. */
export interface Power {
  signal: number;
  noise: number;
}

export interface Comparison {
  /** By tensor index: the float outputs of all ops. */
  readonly power: ReadonlyMap<number, Power>;
  /** Share of samples whose largest value in the first output stands at the label; only with labels. */
  readonly accuracy?: { readonly float: number; readonly quantized: number };
}

/** Signal-to-quantization-noise ratio in dB; Infinity without noise, undefined without signal. */
export function sqnr({ signal, noise }: Power): number | undefined {
  if (signal === 0) return undefined;
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/**
 * @param quantized by `convert`: the activations of both graphs have the same indices
 * @param streaming as of `collect`
 */
export function compare(
  float: Graph,
  quantized: Graph,
  dataset: Dataset,
  onSample?: (done: number) => void,
  streaming = isStream(float),
): Comparison {
  const [real, integer] = [createSimulator(float), createSimulator(quantized)];
  const written = float.ops.flatMap(writtenBy).filter((t) => float.tensors[t]!.dtype === 'float32');
  const power = new Map(written.map((t) => [t, { signal: 0, noise: 0 }]));
  const right = { float: 0, quantized: 0 };
  for (let i = 0; i < dataset.count; i++) {
    if (!streaming) for (const simulator of [real, integer]) simulator.reset();
    setSample(real, float, dataset, i);
    setSample(integer, quantized, dataset, i);
    real.run();
    integer.run();
    for (const [t, sum] of power) {
      const values = integer.memory[t] as Int8Array | Int16Array | Float32Array;
      addPower(sum, real.memory[t] as Float32Array, values, quantized.tensors[t]!.quantization);
    }
    if (dataset.labels) {
      const output = float.outputs[0]!;
      if (argMax(real.memory[output] as Float32Array) === dataset.labels[i]) right.float++;
      if (argMax(integer.memory[output] as Int8Array | Int16Array) === dataset.labels[i]) right.quantized++;
    }
    onSample?.(i + 1);
  }
  const accuracy = dataset.labels && {
    float: right.float / dataset.count,
    quantized: right.quantized / dataset.count,
  };
  return { power, accuracy };
}

function addPower(
  sum: Power,
  real: Float32Array,
  quantized: Int8Array | Int16Array | Float32Array,
  quantization: Quantization | undefined,
): void {
  const [s, z] = quantization ? [quantization.scale[0]!, quantization.zeroPoint[0]!] : [1, 0];
  for (let i = 0; i < real.length; i++) {
    const error = real[i]! - s * (quantized[i]! - z);
    sum.signal += real[i]! * real[i]!;
    sum.noise += error * error;
  }
}

export function argMax(values: Float32Array | Int8Array | Int16Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
