/** Magnitude pruning in the course of a training. */
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import type { TrainOptions } from '../../train/options.js';
import { type Trained, train } from '../../train/train.js';
import { zeroMasks } from './apply_masks.js';
import type { MaskOptions, Masks } from './masks.js';
import { cubicSchedule } from './schedule.js';

export interface GraduallyPruned extends Trained {
  /** Where the graph's weights are 0: for the next training, so that they stay it. */
  readonly masks: Masks;
}

/**
 * @param graph float32 that `checkGraph` finds sound
 * @param prune as `magnitudeMasks` takes it, of the weights as they are in the end
 * @throws CrimpError as `magnitudeMasks` and `train`
 */
export async function pruneGradually(
  graph: Graph,
  dataset: Dataset,
  prune: MaskOptions,
  training: Omit<TrainOptions, 'masks'> = {},
): Promise<GraduallyPruned> {
  const masks = cubicSchedule(graph, prune);
  // What is asked for stands in the checkpoint too, which cannot look into a schedule: another one is another training.
  const trained = await train(graph, dataset, { ...training, masks, ...{ prune } });
  return { ...trained, masks: zeroMasks(trained.graph) };
}
