/** Inputs for when the user has none at hand: reproducible, and spread over the whole range of each dtype. */
import { allocate, byteSize, elementCount } from '../graph/access.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { concatenate } from './simulate.js';
import type { Samples } from './validate.js';

/** mulberry32: small, and good enough to fill tensors. @returns numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomSamples(graph: Graph, count: number, seed = 1): Samples {
  const random = randomNumbers(seed);
  const samples = Array.from({ length: count }, () =>
    concatenate(graph.inputs.map((index) => randomTensor(graph.tensors[index]!, random))),
  );
  return { count, bytes: (i) => samples[i]! };
}

function randomTensor(tensor: Tensor, random: () => number): Uint8Array {
  const data = allocate(tensor.dtype, elementCount(tensor.shape));
  const bits = 8 * data.BYTES_PER_ELEMENT;
  for (let i = 0; i < data.length; i++) {
    if (data instanceof BigInt64Array) data[i] = BigInt(Math.floor(random() * 256) - 128);
    else if (data instanceof Float32Array) data[i] = 2 * random() - 1;
    // The typed array wraps to its own range.
    else
      data[i] =
        tensor.dtype === 'bool' ? Math.floor(random() * 2) : Math.floor(random() * 2 ** Math.min(bits, 16));
  }
  return new Uint8Array(data.buffer, 0, byteSize(tensor));
}
