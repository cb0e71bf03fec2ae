/** measurements/CORE.json: what layers took on a core's virtual board, those that the model is fitted to and those it is judged by. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../src/files.js';
import type { HeldOut } from './held_out.js';
import type { MeasuredLayer } from './measure.js';

export interface Measurements {
  readonly layers: readonly MeasuredLayer[];
  readonly models: readonly HeldOut[];
}

/** Of each kernel the names of what it counts, and for each layer the counts and the cycles. */
type Columns = Record<string, { counts: string[]; rows: number[][] }>;

const fileOf = (core: string) => fileURLToPath(new URL(`measurements/${core}.json`, import.meta.url));

/** Whether anything was measured on it. */
export const wasMeasured = (core: string): boolean => existsSync(fileOf(core));

export function readMeasurements(core: string): Measurements {
  const { layers, models } = JSON.parse(readFileSync(fileOf(core), 'utf8')) as {
    layers: Columns;
    models: Record<string, Columns>;
  };
  return {
    layers: fromColumns(layers),
    models: Object.entries(models).map(([model, columns]) => ({ model, layers: fromColumns(columns) })),
  };
}

export function writeMeasurements(core: string, { layers, models }: Measurements): void {
  const document = {
    layers: toColumns(layers),
    models: Object.fromEntries(models.map((m) => [m.model, toColumns(m.layers)])),
  };
  // A layer a line, so that changes can be read.
  const text = JSON.stringify(document, undefined, 1).replace(/\[\s+([^[\]]*?)\s+\]/g, (_, list: string) => {
    return `[${list.replace(/\s+/g, ' ')}]`;
  });
  replaceFile(fileOf(core), `${text}\n`);
}

function toColumns(layers: readonly MeasuredLayer[]): Columns {
  const columns: Columns = {};
  for (const { kernel } of layers) columns[kernel] ??= { counts: [], rows: [] };
  for (const [kernel, { counts, rows }] of Object.entries(columns)) {
    const own = layers.filter((layer) => layer.kernel === kernel);
    counts.push(...new Set(own.flatMap(({ work }) => Object.keys(work).filter((name) => work[name] !== 0))));
    rows.push(...own.map(({ work, cycles }) => [...counts.map((name) => work[name] ?? 0), cycles]));
  }
  return columns;
}

function fromColumns(columns: Columns): MeasuredLayer[] {
  return Object.entries(columns).flatMap(([kernel, { counts, rows }]) =>
    rows.map((row) => ({
      kernel,
      work: Object.fromEntries(counts.map((name, i) => [name, row[i]!])),
      cycles: row.at(-1)!,
    })),
  );
}
