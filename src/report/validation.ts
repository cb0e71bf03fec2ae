/** The text of a validation. */
import type { Validation } from '../measure/validate.js';
import { count, plural, shorten, table } from './table.js';

export function formatValidation(validation: Validation, target: string): string {
  const { samples, values, mismatches, firstMismatch: first } = validation;
  const scope = `${plural(values, 'value')} of ${plural(samples, 'sample')}`;
  if (!first) return `${target}: exact, ${scope} equal the simulator’s`;
  const rows = validation.mismatchesByLayer.map((l) => [shorten(l.name), l.type, count(l.mismatches)]);
  return [
    `${target}: NOT exact, ${count(mismatches)} of ${scope} differ from the simulator’s`,
    `first: sample ${first.sample}, layer ${first.layer.index} ${first.layer.type} "${first.layer.name}", ` +
      `index ${first.index}: the simulator says ${value(first.expected)}, the device ${value(first.actual)}`,
    '',
    table([{ title: 'layer' }, { title: 'type' }, { title: 'differ', align: 'right' }], rows),
  ].join('\n');
}

function value(value: number | null): string {
  if (value === null) return 'nothing';
  return Number.isNaN(value) ? 'not a number' : String(value);
}
