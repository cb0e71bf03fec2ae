/** The model that teaches, as steps name it. */
import type { z } from 'zod';
import type { Diagnostic } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import type { Surroundings } from '../check.js';
import type { teacher } from './distill_fields.js';
import type { StepContext } from './step.js';

export type Teacher = z.output<typeof teacher>;

export function teacherOf(named: Teacher, context: StepContext): Graph {
  if (named === 'original') return context.behind(-1);
  return typeof named === 'string' ? context.named(named) : context.behind(named.step);
}

/** The step that has made the teacher, −1 for none; undefined where it is a file. */
export function madeBy(named: Teacher): number | undefined {
  if (named === 'original') return -1;
  return typeof named === 'string' ? undefined : named.step;
}

/** @param key where it is named */
export function checkTeacher(named: Teacher, { index, problem }: Surroundings, key: string): Diagnostic[] {
  const step = madeBy(named);
  if (step === undefined || step < index) return [];
  const steps = index === 0 ? '' : `, or a step from 0 to ${index - 1}`;
  const hint = `Give "original", a path${steps}.`;
  return [problem(`the model behind steps[${step}] is not there yet`, hint, key)];
}
