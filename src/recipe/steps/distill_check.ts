/** What of a step that distills cannot work. */
import type { Diagnostic } from '../../diagnostics.js';
import type { Surroundings } from '../check.js';
import type { DistillStep } from './distill_fields.js';
import { checkTeacher, madeBy } from './teacher.js';

export function checkDistillStep(step: DistillStep, around: Surroundings): Diagnostic[] {
  const { index, problem } = around;
  const { teacher, student, shrink, macs } = step;
  const problems = checkTeacher(teacher, around, 'teacher');
  if (shrink !== undefined && macs !== undefined) {
    problems.push(problem('shrink and macs say two sizes of the student', 'Give one of them.', 'macs'));
  }
  const own = [student, shrink, macs].some((given) => given !== undefined);
  if (madeBy(teacher) === index - 1 && !own) {
    const hint = 'Name another teacher or a student, or say how far the student is to "shrink".';
    problems.push(problem('teacher and student are the same model', hint, 'teacher'));
  }
  return problems;
}
