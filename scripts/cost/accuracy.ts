/** How far predictions are from what was measured. */
import type { CostModel } from '../../codegen/cost/cost_model.js';
import type { MeasuredLayer } from './measure.js';

export interface Accuracy {
  readonly predicted: number;
  readonly measured: number;
  /** Relative error of a layer, of whatever sign: half of them are closer. */
  readonly median: number;
  /** Share of the measured cycles in layers whose predictions are within 10 %. */
  readonly within: number;
}

const close = 0.1;

export function accuracyOf(layers: readonly MeasuredLayer[], cost: CostModel): Accuracy {
  const errors = layers.map(({ kernel, work, cycles }) => {
    const predicted = cost(kernel, work);
    if (predicted === undefined) throw new Error(`${kernel} was never measured: run \`npm run cost\``);
    return { predicted, cycles, error: Math.abs(predicted / cycles - 1) };
  });
  const sum = (list: readonly number[]) => list.reduce((n, x) => n + x, 0);
  const measured = sum(errors.map((e) => e.cycles));
  const sorted = errors.map((e) => e.error).sort((a, b) => a - b);
  return {
    predicted: sum(errors.map((e) => e.predicted)),
    measured,
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    within: sum(errors.filter((e) => e.error <= close).map((e) => e.cycles)) / measured,
  };
}
