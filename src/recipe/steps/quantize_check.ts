/** What of a step that quantizes cannot work. */
import type { Diagnostic } from '../../diagnostics.js';
import type { Surroundings } from '../check.js';
import type { QuantizeStep } from './quantize_fields.js';

export function checkQuantizeStep(step: QuantizeStep, { problem }: Surroundings): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (step.int4Sqnr !== undefined && step.weights !== 'int4') {
    problems.push(
      problem('it is about int4 weights, and these are int8', 'Add "weights": "int4".', 'int4Sqnr'),
    );
  }
  if (step.weights === 'int4' && step.activations === 'int16') {
    problems.push(problem('int4 weights go with int8 activations only', 'Choose one of the two.', 'weights'));
  }
  return problems;
}
