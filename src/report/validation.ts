/** The text of a validation. */
import type { Validation } from '../measure/validate.js';
import { count, plural, shorten, table } from './table.js';

export function formatValidation(validation: Validation, target: string): string {
  const { samples, values, mismatches, heldInRows = 0, firstMismatch: first } = validation;
  const scope = `${plural(values, 'value')} of ${plural(samples, 'sample')}`;
  const rows =
    heldInRows > 0 ? `; ${plural(heldInRows, 'tensor')} held a few rows at a time not compared` : '';
  if (!first) return `${target}: exact, ${scope} equal the simulator’s${rows}`;
  const layers = validation.mismatchesByLayer.map((l) => [shorten(l.name), l.type, count(l.mismatches)]);
  return [
    `${target}: NOT exact, ${count(mismatches)} of ${scope} differ from the simulator’s${rows}`,
    `first: sample ${first.sample}, layer ${first.layer.index} ${first.layer.type} "${first.layer.name}", ` +
      `index ${first.index}: the simulator says ${value(first.expected)}, the device ${value(first.actual)}`,
    '',
    table([{ title: 'layer' }, { title: 'type' }, { title: 'differ', align: 'right' }], layers),
  ].join('\n');
}

function value(value: number | null): string {
  if (value === null) return 'nothing';
  return Number.isNaN(value) ? 'not a number' : String(value);
}
