/** What of a step that quantizes cannot work. */
import type { Diagnostic } from '../../diagnostics.js';
import type { Surroundings } from '../check.js';
import type { QuantizeStep } from './quantize_fields.js';
import { checkTeacher } from './teacher.js';

export function checkQuantizeStep(step: QuantizeStep, around: Surroundings): Diagnostic[] {
  const { problem } = around;
  const problems: Diagnostic[] = [];
  if (step.int4Sqnr !== undefined && step.weights !== 'int4') {
    problems.push(
      problem('it is about int4 weights, and these are int8', 'Add "weights": "int4".', 'int4Sqnr'),
    );
  }
  if (step.weights === 'int4' && step.activations === 'int16') {
    problems.push(problem('int4 weights go with int8 activations only', 'Choose one of the two.', 'weights'));
  }
  return step.qat ? [...problems, ...checkTraining(step, step.qat, around)] : problems;
}

function checkTraining(
  { rounding, correctBias, samples }: QuantizeStep,
  qat: NonNullable<QuantizeStep['qat']>,
  around: Surroundings,
): Diagnostic[] {
  const { problem, data } = around;
  const problems: Diagnostic[] = [];
  const idle = { rounding: rounding === 'data', correctBias, samples: samples !== undefined };
  for (const [key, given] of Object.entries(idle)) {
    if (given) problems.push(problem('it is about quantization without training', 'Leave it away.', key));
  }
  const { teacher, temperature, alpha, patience } = qat;
  if (teacher !== undefined) problems.push(...checkTeacher(teacher, around, 'qat.teacher'));
  for (const [key, given] of Object.entries({ temperature, alpha })) {
    if (given === undefined || teacher !== undefined) continue;
    problems.push(problem('it is about a teacher, and there is none', 'Name one.', `qat.${key}`));
  }
  if (patience !== undefined && !data.validation) {
    const hint = 'Hold some samples out, as with data.validation 0.1.';
    const message = 'there are no held-out samples whose loss could be watched';
    problems.push(problem(message, hint, 'qat.patience'));
  }
  return problems;
}
