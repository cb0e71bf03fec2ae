/** Measurements → coefficients: for each kernel the non-negative ones of the least sum of squared relative errors. */
import type { Work } from '../../codegen/cost/work.js';
import type { MeasuredLayer } from './measure.js';

/** Sweeps over all coefficients; they have settled long before. */
const sweeps = 20_000;

/** Cycles of one unit of each count, by kernel; 0 is left away. */
export function fit(layers: readonly MeasuredLayer[]): Record<string, Work> {
  const kernels = [...new Set(layers.map((layer) => layer.kernel))].sort();
  return Object.fromEntries(
    kernels.map((kernel) => [kernel, fitKernel(layers.filter((layer) => layer.kernel === kernel))]),
  );
}

/** Coordinate descent on the normal equations; counts are scaled to a relative error's size first. */
function fitKernel(layers: readonly MeasuredLayer[]): Work {
  const names = [...new Set(layers.flatMap(({ work }) => Object.keys(work)))];
  // A layer's row is its counts as shares of its cycles: coefficients times these add up to 1.
  const rows = layers
    .filter(({ cycles }) => cycles > 0)
    .map(({ work, cycles }) => names.map((name) => (work[name] ?? 0) / cycles));
  const scales = names.map((_, i) => Math.sqrt(rows.reduce((n, row) => n + row[i]! ** 2, 0)));
  const products = names.map((_, i) =>
    names.map((_, j) =>
      scales[i]! * scales[j]! === 0
        ? 0
        : rows.reduce((n, row) => n + row[i]! * row[j]!, 0) / (scales[i]! * scales[j]!),
    ),
  );
  const targets = names.map((_, i) =>
    scales[i] === 0 ? 0 : rows.reduce((n, row) => n + row[i]!, 0) / scales[i]!,
  );
  const found = new Float64Array(names.length);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < names.length; i++) {
      if (scales[i] === 0) continue;
      const rest = products[i]!.reduce((n, product, j) => n + (j === i ? 0 : product * found[j]!), 0);
      found[i] = Math.max(0, targets[i]! - rest);
    }
  }
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const cycles = scales[i] === 0 ? 0 : Number((found[i]! / scales[i]!).toPrecision(5));
      return cycles > 0 ? [[name, cycles]] : [];
    }),
  );
}
