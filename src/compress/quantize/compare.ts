/** How far the integer graph is from the float one, layer by layer, on the same data. */

import type { Dataset } from '../../data/index.js';
import { writtenBy } from '../../graph/access.js';
import type { Graph, Quantization } from '../../graph/graph.js';
import { createSimulator } from '../../simulator/simulator.js';
import { setQuantizedSample, setSample } from './set_sample.js';

/** Signal and noise power of one tensor. */
export interface Power {
  signal: number;
  noise: number;
}

export interface Comparison {
  /** By tensor index: the outputs of all ops. */
  readonly power: ReadonlyMap<number, Power>;
  /** Share of samples whose largest value in the first output stands at the label; only with labels. */
  readonly accuracy?: { readonly float: number; readonly quantized: number };
}

/** Signal-to-quantization-noise ratio in dB; Infinity without noise, undefined without signal. */
export function sqnr({ signal, noise }: Power): number | undefined {
  if (signal === 0) return undefined;
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/** @param quantized by `convert`: the activations of both graphs have the same indices */
export function compare(
  float: Graph,
  quantized: Graph,
  dataset: Dataset,
  onSample?: (done: number) => void,
): Comparison {
  const [real, integer] = [createSimulator(float), createSimulator(quantized)];
  const power = new Map(float.ops.flatMap(writtenBy).map((t) => [t, { signal: 0, noise: 0 }]));
  const right = { float: 0, quantized: 0 };
  for (let i = 0; i < dataset.count; i++) {
    setSample(real, float, dataset, i);
    setQuantizedSample(integer, quantized, dataset, i);
    real.run();
    integer.run();
    for (const [t, sum] of power) {
      addPower(
        sum,
        real.memory[t] as Float32Array,
        integer.memory[t] as Int8Array | Int16Array,
        quantized.tensors[t]!.quantization!,
      );
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
  quantized: Int8Array | Int16Array,
  { scale, zeroPoint }: Pick<Quantization, 'scale' | 'zeroPoint'>,
): void {
  const [s, z] = [scale[0]!, zeroPoint[0]!];
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
