/** Plain text tables and numbers, formatted in one place. */
import Table from 'cli-table3';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
    .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, part === 'middle' ? '  ' : '']),
);

export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const drawn = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  drawn.push(...rows.map((row) => row.map(String)));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** 12,501,632 */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** 8,428 B; from 10,000 on also in KiB, since both are what people compare with datasheets. */
export function bytes(n: number): string {
  return n < 10_000 ? `${count(n)} B` : `${count(n)} B (${(n / 1024).toFixed(1)} KiB)`;
}

/** 1 sample, 2,000 samples */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** 98.25 % */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** 20.47 ms */
export function milliseconds(microseconds: number): string {
  return `${(microseconds / 1000).toPrecision(4)} ms`;
}

/** A layer's name for a column. Keras joins the names of fused ops by `;`, which no table can hold. */
export function shorten(name: string, width = 24): string {
  const first = name.split(';')[0]!;
  return first.length <= width ? first : `…${first.slice(1 - width)}`;
}
