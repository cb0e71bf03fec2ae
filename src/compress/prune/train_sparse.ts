/** Training that makes a model easy to prune: what it can do without becomes small by itself. */
import type { Dataset } from '../../data/index.js';
import { inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import type { TrainOptions } from '../../train/options.js';
import { type Trained, train } from '../../train/train.js';
import { channelGroups } from './channel_groups.js';
import { floatOnly } from './float_only.js';
import { groupLasso, lasso } from './lasso.js';

/** What is penalized, and λ: weights one by one, or channels with all that goes with them. */
export interface SparsePenalty {
  readonly kind: 'lasso' | 'group-lasso';
  readonly lambda: number;
}

/**
 * @param graph float32 that `checkGraph` finds sound
 * @throws CrimpError `already-quantized`, `bad-usage`, `nothing-to-prune`, and as `train`
 */
export async function trainSparse(
  graph: Graph,
  dataset: Dataset,
  { kind, lambda }: SparsePenalty,
  training: Omit<TrainOptions, 'penalty'> = {},
): Promise<Trained> {
  floatOnly(graph);
  if (!(lambda > 0 && Number.isFinite(lambda))) {
    throw inputError('bad-usage', `the λ of ${kind} is ${lambda}`, 'Give a positive number, as 0.0001.');
  }
  if (kind === 'group-lasso' && channelGroups(graph).families.length === 0) {
    const message = `no layer of ${graph.name} has channels that can go: all lead straight to inputs and outputs`;
    throw inputError('nothing-to-prune', message, 'Penalize weights with lasso instead.');
  }
  const penalty = kind === 'lasso' ? lasso(graph, lambda) : groupLasso(graph, lambda);
  // λ stands in the checkpoint too, which cannot look into a penalty: another one is another training.
  return train(graph, dataset, { ...training, penalty, ...{ kind, lambda } });
}
