/** What a layer takes on a core, before anything is built: coefficients fitted to measurements (scripts/cost). */
import type { Work } from './work.js';

/** @returns cycles, or what else the core counts; undefined for a kernel that was never measured there */
export type CostModel = (kernel: string, work: Work) => number | undefined;

/** For each core and kernel the cycles of one unit of each named count. */
export type Coefficients = Readonly<Record<string, Readonly<Record<string, Work>>>>;

export function costModel(coefficients: Coefficients, core: string): CostModel {
  const kernels = coefficients[core] ?? {};
  return (kernel, work) => {
    const cycles = kernels[kernel];
    if (!cycles) return undefined;
    return Object.entries(work).reduce((sum, [name, n]) => sum + n * (cycles[name] ?? 0), 0);
  };
}
