/** What of a recipe cannot work, as far as that is known before anything runs: every reason at once. */
import { findTarget } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { CrimpError, type Diagnostic, error } from '../diagnostics.js';
import { placed } from './problems.js';
import type { ResolvedStep } from './schema.js';
import { checkDistillStep } from './steps/distill_check.js';
import { checkPruneStep } from './steps/prune_check.js';
import { checkQuantizeStep } from './steps/quantize_check.js';

/** A step in its recipe. Where the schema has found a step at fault it is undefined. */
export interface Surroundings {
  readonly index: number;
  readonly steps: readonly (ResolvedStep | undefined)[];
  /** undefined where the recipe names none that there is. */
  readonly target?: Target;
  /** Data that there are. */
  readonly data: { readonly train: boolean; readonly validation: boolean };
  /** Of the step, or of one of its keys. */
  problem(message: string, hint: string, key?: string): Diagnostic;
}

type Given = Pick<Surroundings, 'steps' | 'data'>;

export function checkPlan(
  { steps, data }: Given,
  { target: name, measure }: { readonly target?: string; readonly measure?: boolean },
  file?: string,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const target = name === undefined ? undefined : targetOf(name, problems, file);
  if (measure && target && !target.firmware) {
    const message = `nothing can be measured on target ${target.name}`;
    problems.push(error('recipe', message, 'Choose a board, or leave it away.', placed(['measure'], file)));
  }
  steps.forEach((step, index) => {
    if (!step) return;
    const problem = (message: string, hint: string, key?: string) =>
      error('recipe', message, hint, placed(['steps', index, ...(key ? [key] : [])], file));
    problems.push(...checkStep(step, { index, steps, target, data, problem }));
  });
  return problems;
}

function targetOf(name: string, problems: Diagnostic[], file?: string): Target | undefined {
  try {
    return findTarget(name);
  } catch (thrown) {
    if (!(thrown instanceof CrimpError)) throw thrown;
    problems.push(...thrown.diagnostics.map((d) => ({ ...d, where: placed(['target'], file) })));
    return undefined;
  }
}

function checkStep(step: ResolvedStep, around: Surroundings): Diagnostic[] {
  const { index, steps, data, problem } = around;
  const problems: Diagnostic[] = [];
  const quantized = steps.findIndex((other) => other?.step === 'quantize');
  if (quantized >= 0 && quantized < index) {
    const message = `${step.step} works on float models, and steps[${quantized}] has quantized this one`;
    problems.push(problem(message, 'Put quantize last.'));
  }
  if (!data.train && asksForData(step)) {
    problems.push(problem(`${step.step} needs data`, 'Name a file of samples as data.train.'));
  }
  if ('patience' in step && step.patience !== undefined && !data.validation) {
    const hint = 'Hold some samples out, as with data.validation 0.1.';
    problems.push(problem('there are no held-out samples whose loss could be watched', hint, 'patience'));
  }
  switch (step.step) {
    case 'prune':
      return [...problems, ...checkPruneStep(step, around)];
    case 'distill':
      return [...problems, ...checkDistillStep(step, around)];
    case 'quantize':
      return [...problems, ...checkQuantizeStep(step, around)];
    default:
      return problems;
  }
}

function asksForData(step: ResolvedStep): boolean {
  return step.step !== 'prune' || step.finetune !== undefined;
}
