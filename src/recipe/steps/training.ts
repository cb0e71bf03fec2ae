/** How a step's keys and its surroundings become the options of a training. */
import { zeroMasks } from '../../compress/prune/apply_masks.js';
import type { Graph } from '../../graph/graph.js';
import type { TrainOptions, TrainProgress } from '../../train/options.js';
import type { StepContext } from './step.js';

interface Fields extends Omit<TrainOptions, 'earlyStopping' | 'seed' | 'validation' | 'masks'> {
  readonly patience?: number;
}

/** @param graph the one that is trained @param phase what the training is called in progress and files */
export function trainingOptions(
  graph: Graph,
  { patience, ...fields }: Fields,
  context: StepContext,
  phase: string,
): TrainOptions {
  return {
    ...fields,
    seed: context.seed,
    validation: context.data.validation,
    earlyStopping: patience === undefined ? undefined : { patience },
    masks: context.keepZeros ? zeroMasks(graph) : undefined,
    signal: context.signal,
    resume: context.resume,
    checkpoint: context.checkpoint(phase),
    onProgress: ({ epoch, step, steps, loss, accuracy }: TrainProgress) =>
      context.onProgress(phase, step, steps, { epoch, loss, accuracy }),
  };
}
