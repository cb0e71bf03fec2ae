/** Samples in batches, in an order that the seed and the epoch alone decide, so that a resumed training has the same. */
import type { Dataset } from '../data/index.js';
import { seededRandom, shuffled } from './random.js';

export interface Batch {
  readonly count: number;
  /** Which samples of the data these are. */
  readonly indices: Int32Array;
  readonly inputs: readonly Float32Array[];
  readonly labels?: Int32Array;
  readonly targets?: Float32Array;
}

/** A seed for each epoch; the split of the validation samples has epoch −1. */
function randomOf(seed: number, epoch: number): () => number {
  return seededRandom(Math.imul(seed, 0x9e3779b1) + Math.imul(epoch + 2, 0x85ebca6b));
}

export function orderOf(count: number, seed: number, epoch: number): Int32Array {
  return shuffled(count, randomOf(seed, epoch));
}

/** The order in pieces of `size`; the last may be shorter. */
export function piecesOf(order: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
    order.subarray(i * size, (i + 1) * size),
  );
}

export function pick(data: Dataset, indices: Int32Array): Batch {
  const gather = (values: Float32Array) => {
    const size = values.length / data.count;
    const picked = new Float32Array(indices.length * size);
    indices.forEach((from, to) => {
      picked.set(values.subarray(from * size, (from + 1) * size), to * size);
    });
    return picked;
  };
  return {
    count: indices.length,
    indices,
    inputs: data.inputs.map(gather),
    labels: data.labels && indices.map((i) => data.labels![i]!),
    targets: data.targets && gather(data.targets),
  };
}

/** @param fraction of the samples, chosen by the seed, that are held out: at least one, and at most all but one */
export function splitOff(
  data: Dataset,
  fraction: number,
  seed: number,
): { train: Dataset; validation: Dataset } {
  const order = orderOf(data.count, seed, -1);
  const held = Math.min(data.count - 1, Math.max(1, Math.round(data.count * fraction)));
  // In the order of the data: what a person sees of them does not depend on how they were drawn.
  return { validation: pick(data, order.slice(0, held).sort()), train: pick(data, order.slice(held).sort()) };
}
