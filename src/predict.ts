/** What an inference will take on a board, by the cost model, before anything is built. */
import coefficients from '../codegen/cost/coefficients.json' with { type: 'json' };
import { type Coefficients, costModel } from '../codegen/cost/cost_model.js';
import type { Layer } from '../codegen/layer.js';
import type { Counts, Target } from '../targets/target.js';
import type { Compiled } from './compile.js';

/** Without flash wait states, as the virtual boards count. */
export interface Prediction {
  /** What `cycles` are: some boards count instructions. */
  readonly counts: Counts;
  readonly cycles: number;
  /** At the board's clock; absent where instructions are counted. */
  readonly microseconds?: number;
  /** By op; 0 for one that is only another shape, null for a kernel that was never measured on this core. */
  readonly layers: readonly (number | null)[];
}

/** @returns undefined for a target that counts nothing, or whose core was never measured */
export function predictCycles(
  { graph, layers }: Pick<Compiled, 'graph' | 'layers'>,
  { core, clockHz, firmware }: Target,
): Prediction | undefined {
  if (!firmware || !(core in coefficients)) return undefined;
  const cost = costModel(coefficients as Coefficients, core);
  const byOp: (number | null)[] = graph.ops.map(() => 0);
  const cyclesOf = ({ kernel, work = {}, parts }: Layer): number | undefined => {
    if (!parts) return cost(kernel, work);
    // What calls other layers takes little beside them: nothing where it was never measured.
    const called = parts.map(({ layer, calls }) => (cyclesOf(layer) ?? Number.NaN) * calls);
    const sum = called.reduce((n, cycles) => n + cycles, cost(kernel, work) ?? 0);
    return Number.isNaN(sum) ? undefined : sum;
  };
  for (const layer of layers) {
    const { op, alias } = layer;
    if (alias !== undefined) continue;
    const cycles = cyclesOf(layer);
    byOp[op] = cycles === undefined ? null : Math.round(cycles);
  }
  const { counts } = firmware;
  const cycles = byOp.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  return {
    counts,
    cycles,
    ...(counts === 'cycles' && { microseconds: (cycles / clockHz) * 1e6 }),
    layers: byOp,
  };
}
