/** The samples of a measurement: the first ones of the user's file, or random ones. */
import { loadSamples, type Samples as Read, type ReadOptions, readSamples } from '../data/index.js';
import type { Graph } from '../graph/graph.js';
import { randomSamples } from './random_samples.js';
import type { Samples } from './validate.js';

/** How many random samples stand in for a missing file. */
const randomCount = 10;

export interface SampleOptions extends ReadOptions {
  /** Of any format; random values when absent. */
  readonly file?: string;
  /** Take no more than these. */
  readonly atMost?: number;
  /** Integers as they are, instead of real values. */
  readonly raw?: boolean;
}

type Taken = Samples & { readonly labels?: ArrayLike<number> };

/** From any file, but from no folder. @throws CrimpError as `readSamples` */
export function takeSamples(graph: Graph, options: SampleOptions): Taken {
  const { file, atMost, ...reading } = options;
  if (file === undefined) return randomSamples(graph, atMost ?? randomCount);
  return firstOf(readSamples(file, graph, reading), atMost);
}

/** From any file or folder of images. @throws CrimpError as `readSamples` */
export async function loadSamplesOf(graph: Graph, options: SampleOptions): Promise<Taken> {
  const { file, atMost, ...reading } = options;
  if (file === undefined) return takeSamples(graph, options);
  return firstOf(await loadSamples(file, graph, reading), atMost);
}

function firstOf(samples: Read, atMost = samples.count): Taken {
  const count = Math.min(samples.count, atMost);
  return { count, bytes: (i) => samples.bytes(i), labels: samples.labels?.slice(0, count) };
}
