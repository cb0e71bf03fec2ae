/** What a whole run leaves behind, committed as results.json. */
import type { Figures } from './setting.js';

export interface Run {
  readonly seed: number;
  readonly figures: Figures;
}

export interface Results {
  /** Of what computed them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly data: {
    readonly from: string;
    readonly sha256: string;
    readonly train: number;
    readonly test: number;
  };
  /** By the experiment's name. */
  readonly experiments: Readonly<Record<string, readonly Run[]>>;
}

export interface Statistic {
  readonly mean: number;
  /** Standard deviation over the seeds. */
  readonly spread: number;
}

export function statistic(values: readonly number[]): Statistic {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((n, v) => n + (v - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** @param path as 'accuracy' or 'combined.cycles' @throws Error where there is no such number */
export function figure(figures: Figures, path: string): number {
  const found = path
    .split('.')
    .reduce<number | Figures | undefined>(
      (at, key) => (typeof at === 'object' ? at[key] : undefined),
      figures,
    );
  if (typeof found !== 'number') throw new Error(`there is no figure ${path}`);
  return found;
}

/** Of a figure, or of what is computed from each run's own figures, over the seeds. */
export function over(
  { experiments }: Results,
  experiment: string,
  of: string | ((value: (path: string) => number) => number),
): Statistic {
  const runs = experiments[experiment];
  if (!runs) throw new Error(`there is no experiment ${experiment}`);
  return statistic(
    runs.map(({ figures }) => {
      const value = (path: string) => figure(figures, path);
      return typeof of === 'string' ? value(of) : of(value);
    }),
  );
}
