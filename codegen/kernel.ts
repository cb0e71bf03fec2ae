/**
 * A kernel is one way to compute an operator: a readable .c file and, beside it, a .ts that says when it applies
 * and what it needs. codegen/ops/<op>.ts lists an operator's kernels, those of a capability from the one that is taken
 * unless the cost model knows better; `portable` stands last and accepts everything.
 */
import type { Capability } from '../targets/target.js';
import type { CostModel } from './cost/cost_model.js';
import type { Layer, LowerContext } from './layer.js';
import { constantBytes } from './weights.js';

export interface Kernel<P> {
  readonly capability: Capability;
  /** Name of the .c file without its ending: `conv_2d_s8`. */
  readonly name: string;
  /** Reads packed weights: taken only where packing is asked for and makes the layer's constants smaller. */
  readonly packed?: boolean;
  accepts(parameters: P): boolean;
  /** `kernel` where another one computes the layer after all: for want of scratch. */
  lower(parameters: P, context: LowerContext): Omit<Layer, 'op' | 'kernel'> & Partial<Pick<Layer, 'kernel'>>;
}

/**
 * Of the first's predicted cycles: another kernel has to promise as little. Predictions are some percent off, and what
 * stands first in the target's capabilities was made for it.
 */
const worthwhile = 0.9;

/** And of another capability so many cycles: what else the model has is likely of the first's, and shares its code. */
const leastSaved = 10_000;

/** The layer as the best applicable kernel computes it. */
export function chooseKernel<P>(kernels: readonly Kernel<P>[], parameters: P, context: LowerContext): Layer {
  const small = context.optimize === 'size';
  const of = (packed: boolean): Layer | undefined => {
    const applicable = context.capabilities.flatMap((capability) =>
      kernels.filter(
        (k) => k.capability === capability && (k.packed ?? false) === packed && k.accepts(parameters),
      ),
    );
    const lower = (kernel: Kernel<P>): Layer => ({
      op: context.index,
      kernel: `${kernel.capability}/${kernel.name}`,
      work: context.work,
      ...kernel.lower(parameters, context),
    });
    return small ? smallest(applicable.map(lower)) : fastest(applicable, lower, context.cost);
  };
  const plain = of(false);
  if (!plain) throw new Error(`no kernel accepts op ${context.index} "${context.label}"`);
  const packed = context.packWeights ? of(true) : undefined;
  return packed && constantBytes(packed.constants) < constantBytes(plain.constants) ? packed : plain;
}

/** The first kernel, or the one of fewest predicted cycles where that is worth it; of kernels never measured the first. */
function fastest<P>(
  [first, ...others]: readonly Kernel<P>[],
  lower: (kernel: Kernel<P>) => Layer,
  cost: CostModel,
): Layer | undefined {
  if (!first) return undefined;
  let taken = lower(first);
  let cycles = cost(taken.kernel, taken.work!);
  if (cycles === undefined) return taken;
  const sameCode = cycles * worthwhile;
  const otherCode = Math.min(sameCode, cycles - leastSaved);
  cycles = Number.POSITIVE_INFINITY;
  for (const kernel of others) {
    const layer = lower(kernel);
    const promised = cost(layer.kernel, layer.work!) ?? Number.POSITIVE_INFINITY;
    const bound = kernel.capability === first.capability ? sameCode : otherCode;
    if (promised < Math.min(cycles, bound)) [taken, cycles] = [layer, promised];
  }
  return taken;
}

/** Of the fewest bytes of constants; of as many the last: the plainer a kernel, the less code. */
function smallest(layers: readonly Layer[]): Layer | undefined {
  const bytes = (layer: Layer) => constantBytes(layer.constants);
  return layers.reduce<Layer | undefined>(
    (best, layer) => (best && bytes(best) < bytes(layer) ? best : layer),
    undefined,
  );
}
