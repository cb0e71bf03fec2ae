/** Structured pruning bit by bit: each round ranks the channels anew, takes some, and trains what is left. */
import type { Dataset } from '../../data/index.js';
import { inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import type { EpochMetrics, TrainOptions } from '../../train/options.js';
import { train } from '../../train/train.js';
import { costs } from './cost.js';
import {
  checkStructured,
  pruneStructured,
  reportOf,
  type StructuredOptions,
  type StructuredReport,
} from './structured.js';

export interface RoundsOptions extends StructuredOptions {
  /** At least 1. */
  readonly rounds: number;
  /** Of each round. */
  readonly training: (round: number) => TrainOptions;
}

export interface PrunedInRounds {
  readonly graph: Graph;
  /** From the first model to the last. */
  readonly report: StructuredReport;
  /** Of each round. */
  readonly history: readonly (readonly EpochMetrics[])[];
}

/**
 * Rounds go down by equal factors, each from where the one before has come to.
 *
 * @param graph float32 that `checkGraph` finds sound
 * @param dataset to train on, and to rank channels on where that takes data
 * @throws CrimpError as `pruneStructured` and `train`; `goal-unreachable` in whichever round it shows
 */
export async function pruneInRounds(
  graph: Graph,
  dataset: Dataset,
  { rounds, training, ...options }: RoundsOptions,
): Promise<PrunedInRounds> {
  if (!(Number.isInteger(rounds) && rounds > 0)) {
    throw inputError('bad-usage', `the number of rounds is ${rounds}`, 'Give a whole number from 1 up.');
  }
  checkStructured(options);
  const { goal } = options;
  const before = await (goal.measure?.of ?? costs[goal.metric])(graph);
  const limit = 'share' in goal ? goal.share * before : goal.amount;
  const history: (readonly EpochMetrics[])[] = [];
  let now = graph;
  let last: StructuredReport | undefined;
  for (let round = 1; round <= rounds; round++) {
    const { metric, measure } = goal;
    const amount = limit < before ? before * (limit / before) ** (round / rounds) : limit;
    const pruned = await pruneStructured(now, {
      data: dataset,
      ...options,
      goal: { metric, measure, amount: round === rounds ? limit : amount },
      onProgress: (done, total) => options.onProgress?.((round - 1) * total + done, rounds * total),
    });
    last = pruned.report;
    const trained = await train(pruned.graph, dataset, training(round));
    history.push(trained.history);
    now = trained.graph;
  }
  const reached = { ...last!.goal, before, limit };
  return { graph: now, report: reportOf(graph, now, { ...last!, goal: reached }), history };
}
