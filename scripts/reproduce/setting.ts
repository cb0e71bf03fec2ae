/** What an experiment gets, and what it gives. */
import { accuracyOn } from '../../src/compress/accuracy_on.js';
import type { Dataset } from '../../src/data/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { pick } from '../../src/train/batches.js';
import type { TrainOptions } from '../../src/train/options.js';
import { seededRandom, shuffled } from '../../src/train/random.js';

/** Shares, bytes, counts; grouped where an experiment goes in stages. */
export interface Figures {
  readonly [name: string]: number | Figures;
}

export interface Setting {
  readonly seed: number;
  readonly train: Dataset;
  readonly test: Dataset;
  /** A model that several experiments begin with: made once for a seed, and read from its .tflite from then on. */
  model(name: string, make: () => Promise<Graph>): Promise<Graph>;
  /** Says what is going on, and shows how a training goes. */
  training(what: string): Pick<TrainOptions, 'onProgress' | 'seed'>;
}

export interface Experiment {
  /** Of its record. */
  readonly name: string;
  run(setting: Setting): Promise<Figures>;
}

/** Share of the held-out digits: a float model by TensorFlow.js, a quantized one in the simulator. */
export function accuracyOf(graph: Graph, { test }: Pick<Setting, 'test'>): Promise<number> {
  return accuracyOn(graph, test, {});
}

/** So many training digits, drawn by the seed. */
export function some({ train, seed }: Pick<Setting, 'train' | 'seed'>, count: number): Dataset {
  return pick(train, shuffled(train.count, seededRandom(seed)).slice(0, count));
}
