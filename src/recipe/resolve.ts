/** A recipe with what holds where nothing was said, so that its record says all. */
import { defaultMixing } from '../compress/distill/lesson.js';
import { settingsOf } from '../train/options.js';
import type { ResolvedStep } from './schema.js';
import type { PruneStep } from './steps/prune_fields.js';
import { goalsOf } from './steps/prune_method.js';
import { calibrationSamples } from './steps/quantize.js';
import type { QuantizeStep } from './steps/quantize_fields.js';

/** @param seed of the recipe */
export function resolveStep(step: ResolvedStep, seed: number): ResolvedStep {
  switch (step.step) {
    case 'quantize':
      return resolveQuantize({ ...step, seed: step.seed ?? seed });
    case 'prune':
      return resolvePrune({ ...step, seed: step.seed ?? seed });
    default:
      return { ...step, seed: step.seed ?? seed, learningRate: settingsOf(step).learningRate };
  }
}

function resolveQuantize(step: QuantizeStep): QuantizeStep {
  const io = step.io ?? step.activations;
  const { qat } = step;
  if (!qat) return { ...step, io, samples: step.samples ?? calibrationSamples };
  const mixing = qat.teacher === undefined ? {} : { ...defaultMixing };
  return { ...step, io, qat: { ...mixing, ...qat } };
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
