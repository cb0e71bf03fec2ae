/** What of a step that prunes cannot work. */
import type { Diagnostic } from '../../diagnostics.js';
import type { Surroundings } from '../check.js';
import type { ResolvedStep } from '../schema.js';
import type { PruneStep } from './prune_fields.js';
import { goalsOf, patternOf } from './prune_method.js';

type Key = keyof PruneStep;

const ofWeights = ['sparsity', 'threshold', 'pattern', 'schedule'] as const satisfies readonly Key[];
const ofChannels = ['importance', 'multipleOf', 'rounds', 'groupLasso'] as const satisfies readonly Key[];
const ofTraining = ['learningRate', 'batchSize'] as const satisfies readonly Key[];

/** Whether it prunes weights, so that what follows keeps their zeros. */
export function prunesWeights(step: ResolvedStep | undefined): boolean {
  return step?.step === 'prune' && goalsOf(step).length === 0;
}

export function checkPruneStep(step: PruneStep, around: Surroundings): Diagnostic[] {
  const goals = goalsOf(step);
  if (goals.length > 1) {
    return goals
      .slice(1)
      .map((key) => around.problem(`${goals[0]} and ${key} are two goals`, 'Give one of them.', key));
  }
  return [
    ...(goals.length > 0 ? checkChannels(step, around) : checkWeights(step, around)),
    ...checkTrainings(step, around),
  ];
}

function given<K extends Key>(step: PruneStep, keys: readonly K[]): K[] {
  return keys.filter((key) => step[key] !== undefined);
}

function checkChannels(step: PruneStep, { index, steps, target, data, problem }: Surroundings): Diagnostic[] {
  const [goal] = goalsOf(step);
  const hint = 'Make it two steps, channels first.';
  const problems = given(step, ofWeights).map((key) =>
    problem(`${key} is about weights, ${goal} about channels`, hint, key),
  );
  if ((goal === 'flash' || goal === 'cycles') && target && !target.firmware) {
    problems.push(problem(`it cannot be measured on target ${target.name}`, 'Choose a board.', goal));
  }
  if (step.importance === 'taylor' && !data.train) {
    problems.push(
      problem('taylor ranks channels on data', 'Name a file of samples as data.train.', 'importance'),
    );
  }
  if (step.rounds !== undefined && step.rounds > 1) {
    if (step.finetune === undefined) {
      const message = 'rounds of pruning are fine-tuned in between, and there is none';
      problems.push(problem(message, 'Add "finetune": 2.', 'rounds'));
    }
    const zeros = steps.slice(0, index).findIndex(prunesWeights);
    if (zeros >= 0) {
      const message = `rounds would not keep the zeros of steps[${zeros}]`;
      problems.push(problem(message, 'Prune channels first, or in one round.', 'rounds'));
    }
  }
  return problems;
}

function checkWeights(step: PruneStep, { problem }: Surroundings): Diagnostic[] {
  const { sparsity, threshold, pattern, schedule, finetune } = step;
  const said = given(step, ['sparsity', 'threshold', 'pattern']);
  if (said.length === 0) {
    return [problem('nothing says how much to prune', 'Give a goal like "macs": 0.5, or "sparsity": 0.9.')];
  }
  const problems = given(step, ofChannels).map((key) =>
    problem(`${key} is about channels, ${said.join(' and ')} about weights`, 'Leave it away.', key),
  );
  const fixed = pattern === undefined ? undefined : patternOf(pattern);
  if (fixed && fixed !== 'unstructured' && 'm' in fixed) {
    const hint = 'Leave it away.';
    for (const key of given(step, ['sparsity', 'threshold'])) {
      problems.push(problem('a pattern N:M says by itself how sparse the weights get', hint, key));
    }
    if (fixed.n > fixed.m) {
      const message = `cannot keep ${fixed.n} of every ${fixed.m} weights`;
      problems.push(problem(message, 'Give "2:4".', 'pattern'));
    }
  } else if (sparsity !== undefined && threshold !== undefined) {
    problems.push(problem('sparsity and threshold say two things', 'Give one of them.', 'threshold'));
  } else if (sparsity === undefined && threshold === undefined) {
    problems.push(problem('blocks do not say how many of them go', 'Add "sparsity": 0.9.', 'pattern'));
  }
  if (schedule === 'cubic' && finetune === undefined) {
    const message = 'a cubic schedule prunes while fine-tuning, and there is none';
    problems.push(problem(message, 'Add "finetune": 10.', 'schedule'));
  }
  return problems;
}

function checkTrainings(step: PruneStep, { problem }: Surroundings): Diagnostic[] {
  const { sparsify, lasso, groupLasso, finetune } = step;
  const problems: Diagnostic[] = [];
  if (lasso !== undefined && groupLasso !== undefined) {
    problems.push(problem('lasso and groupLasso are two penalties', 'Give one of them.', 'groupLasso'));
  }
  const [penalty] = given(step, ['lasso', 'groupLasso']);
  if (penalty && sparsify === undefined) {
    problems.push(
      problem('it is about training with a penalty, and there is none', 'Add "sparsify": 4.', penalty),
    );
  }
  if (!penalty && sparsify !== undefined) {
    const hint = 'Add "groupLasso": 0.0001, or "lasso".';
    problems.push(problem('it trains with a penalty, and there is none', hint, 'sparsify'));
  }
  if (finetune === undefined && sparsify === undefined) {
    for (const key of given(step, ofTraining)) {
      problems.push(problem('it is about training, and there is none', 'Add "finetune": 4.', key));
    }
  }
  return problems;
}
