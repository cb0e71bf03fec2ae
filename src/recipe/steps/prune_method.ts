/** Which way a step prunes: channels by one goal, or weights. */
import type { Pattern } from '../../compress/prune/masks.js';
import type { Limit } from '../../compress/prune/structured.js';
import type { GoalMetric } from '../../prune_goal.js';
import type { PruneStep } from './prune_fields.js';

/** Keys of goals, and what of. */
const goals = {
  macs: 'macs',
  params: 'params',
  weights: 'weightsBytes',
  arena: 'arenaBytes',
  flash: 'flashBytes',
  cycles: 'cycles',
} as const satisfies Partial<Record<keyof PruneStep, GoalMetric>>;

export type GoalKey = keyof typeof goals;

export function goalsOf(step: PruneStep): GoalKey[] {
  return (Object.keys(goals) as GoalKey[]).filter((key) => step[key] !== undefined);
}

/** Up to 1 a share, above an amount. */
export function goalOf(step: PruneStep, key: GoalKey): Limit & { readonly metric: GoalMetric } {
  const value = step[key]!;
  return { metric: goals[key], ...(value > 1 ? { amount: value } : { share: value }) };
}

/** @param text as its schema takes it */
export function patternOf(text: string): Pattern {
  const [a, b] = text.split(/[:x]/).map(Number) as [number, number];
  return text.includes(':') ? { n: a, m: b } : { rows: a, columns: b };
}
