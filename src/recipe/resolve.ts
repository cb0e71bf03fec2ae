/** A recipe with what holds where nothing was said, so that its record says all. */
import { settingsOf } from '../train/options.js';
import type { ResolvedStep } from './schema.js';
import type { PruneStep } from './steps/prune_fields.js';
import { goalsOf } from './steps/prune_method.js';

/** @param seed of the recipe */
export function resolveStep(step: ResolvedStep, seed: number): ResolvedStep {
  switch (step.step) {
    case 'quantize':
      return { ...step, seed: step.seed ?? seed, io: step.io ?? step.activations };
    case 'prune':
      return resolvePrune({ ...step, seed: step.seed ?? seed });
    default:
      return { ...step, seed: step.seed ?? seed, learningRate: settingsOf(step).learningRate };
  }
}

function resolvePrune(step: PruneStep): PruneStep {
  const channels = goalsOf(step).length > 0;
  const { learningRate, batchSize } = settingsOf({
    learningRate: step.learningRate,
    batchSize: step.batchSize,
  });
  return {
    ...step,
    scope: step.scope ?? (channels ? 'layer' : 'global'),
    ...(channels && {
      importance: step.importance ?? 'l1',
      multipleOf: step.multipleOf ?? 1,
      rounds: step.rounds ?? 1,
    }),
    ...(!channels && { schedule: step.schedule ?? 'one-shot' }),
    ...((step.finetune !== undefined || step.sparsify !== undefined) && { learningRate, batchSize }),
  };
}
