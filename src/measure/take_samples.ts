/** The samples of a measurement: the first ones of the user's file, or random ones. */
import { readSamples } from '../data/index.js';
import type { Graph } from '../graph/graph.js';
import { randomSamples } from './random_samples.js';
import type { Samples } from './validate.js';

/** How many random samples stand in for a missing file. */
const randomCount = 10;

export interface SampleOptions {
  /** .npz, .npy or .bin; random values when absent. */
  readonly file?: string;
  /** Take no more than these. */
  readonly atMost?: number;
  /** Integers as they are, instead of real values. */
  readonly raw?: boolean;
}

export function takeSamples(
  graph: Graph,
  options: SampleOptions,
): Samples & { readonly labels?: ArrayLike<number> } {
  const { file, atMost, raw } = options;
  if (file === undefined) return randomSamples(graph, atMost ?? randomCount);
  const samples = readSamples(file, graph, { raw });
  const count = Math.min(samples.count, atMost ?? samples.count);
  return { count, bytes: (i) => samples.bytes(i), labels: samples.labels?.slice(0, count) };
}
