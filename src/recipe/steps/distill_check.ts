/** What of a step that distills cannot work. */
import type { Diagnostic } from '../../diagnostics.js';
import type { Surroundings } from '../check.js';
import type { DistillStep } from './distill_fields.js';

export function checkDistillStep(step: DistillStep, { index, problem }: Surroundings): Diagnostic[] {
  const { teacher, student, shrink, macs } = step;
  const problems: Diagnostic[] = [];
  if (shrink !== undefined && macs !== undefined) {
    problems.push(problem('shrink and macs say two sizes of the student', 'Give one of them.', 'macs'));
  }
  const behind = teacher === 'original' ? -1 : typeof teacher === 'object' ? teacher.step : undefined;
  if (behind === undefined) return problems;
  if (behind >= index) {
    const hint = index === 0 ? 'Give a path.' : `Give "original", a path, or a step from 0 to ${index - 1}.`;
    return [...problems, problem(`the model behind steps[${behind}] is not there yet`, hint, 'teacher')];
  }
  if (behind === index - 1 && student === undefined && shrink === undefined && macs === undefined) {
    const hint = 'Name another teacher or a student, or say how the student is to "shrink".';
    return [...problems, problem('teacher and student are the same model', hint, 'teacher')];
  }
  return problems;
}
