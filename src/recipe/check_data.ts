/** Whether data and models are what the steps ask for: known once they are loaded, and before anything runs. */
import type { Dataset } from '../data/index.js';
import { type Diagnostic, error } from '../diagnostics.js';
import type { Graph } from '../graph/graph.js';
import { placed } from './problems.js';
import type { ResolvedStep } from './schema.js';
import type { RecipeData } from './steps/step.js';

export function checkRecipeData(
  steps: readonly ResolvedStep[],
  data: RecipeData,
  models: ReadonlyMap<string, Graph> = new Map(),
): Diagnostic[] {
  return steps.flatMap((step, index) => {
    const named = modelsOf(step).filter(({ file }) => !models.has(file));
    const missing = named.map(({ key, file }) => {
      const hint = 'Hand it in by that name.';
      return error('recipe', `there is no model "${file}"`, hint, placed(['steps', index, key]));
    });
    return [...missing, ...checkLabels(step, index, data)];
  });
}

/** Files of models that a step names, by its keys. */
export function modelsOf(step: ResolvedStep): { readonly key: string; readonly file: string }[] {
  const named: { key: string; file: string }[] = [];
  const add = (key: string, file: unknown) => {
    if (typeof file === 'string' && file !== 'original') named.push({ key, file });
  };
  if (step.step === 'distill') {
    add('teacher', step.teacher);
    add('student', step.student);
  }
  if (step.step === 'quantize') add('qat.teacher', step.qat?.teacher);
  return named;
}

function checkLabels(step: ResolvedStep, index: number, { train, validation }: RecipeData): Diagnostic[] {
  if (!wantsLabels(step)) return [];
  const sets: [string, Dataset | undefined][] = [
    ['the data', train],
    ['the held-out data', validation],
  ];
  return sets.flatMap(([what, set]) => {
    if (!set || set.labels) return [];
    const message = `${what} hold no labels, which ${step.step} asks for`;
    const hint = 'Save one whole number from 0 up a sample, as "y" beside the samples "x" in an .npz.';
    return [error('data-labels', message, hint, placed(['steps', index]))];
  });
}

function wantsLabels(step: ResolvedStep): boolean {
  switch (step.step) {
    case 'train':
      return step.loss === 'cross-entropy';
    case 'distill':
      return step.alpha < 1;
    case 'prune':
      return step.finetune !== undefined || step.sparsify !== undefined || step.importance === 'taylor';
    case 'quantize':
      return step.qat !== undefined && (step.qat.teacher === undefined || step.qat.alpha !== 1);
  }
}
