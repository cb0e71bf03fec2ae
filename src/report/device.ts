/** What models take of a device, side by side: in every report of compression the same rows. */
import type { PlannedFootprint } from '../footprint.js';
import type { MeasuredFootprint } from '../measure/footprint.js';
import { count, percent, table } from './table.js';

/** A row: what, of the first model, of the second. */
export type DeviceRow = readonly [what: string, first: number, second: number];

type Footprint = PlannedFootprint | MeasuredFootprint;

export function deviceRows(first: Footprint, second: Footprint): DeviceRow[] {
  const planned: DeviceRow[] = [
    ['weights and tables, flash B', first.weightsBytes, second.weightsBytes],
    ['  with --pack-weights', first.packedWeightsBytes, second.packedWeightsBytes],
    ['arena, RAM B', first.arenaBytes, second.arenaBytes],
  ];
  if (!('cycles' in first && 'cycles' in second)) return planned;
  return [
    ...planned,
    ['whole firmware, flash B', first.flashBytes, second.flashBytes],
    [first.counts ?? 'cycles', first.cycles, second.cycles],
  ];
}

/** @param titles of the columns: what the rows are about, the first model, the second */
export function deviceTable(titles: readonly [string, string, string], rows: readonly DeviceRow[]): string {
  return table(
    [...titles, 'saved'].map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows.map(([what, first, second]) => [what, count(first), count(second), saved(first, second)]),
  );
}

function saved(before: number, after: number): string {
  return before === 0 ? '' : percent(1 - after / before);
}
