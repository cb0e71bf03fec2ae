/**
 * A kernel is one way to compute an operator: a readable .c file and, beside it, a .ts that says when it applies
 * and what it needs. codegen/ops/<op>.ts lists an operator's kernels, those of a capability from the one that is taken
 * unless the cost model knows better; `portable` stands last and accepts everything.
 */
import type { Capability } from '../targets/target.js';
import type { Layer, LowerContext } from './layer.js';
import { constantBytes } from './weights.js';

export interface Kernel<P> {
  readonly capability: Capability;
  /** Name of the .c file without its ending: `conv_2d_s8`. */
  readonly name: string;
  /** Reads packed weights: taken only where packing is asked for and makes the layer's constants smaller. */
  readonly packed?: boolean;
  accepts(parameters: P): boolean;
  lower(parameters: P, context: LowerContext): Omit<Layer, 'op' | 'kernel'>;
}

/**
 * Of the first's predicted cycles: another kernel has to promise as little. Predictions are some percent off, and what
 * stands first in the target's capabilities was made for it.
 */
const worthwhile = 0.9;

/** The layer as the best applicable kernel computes it. */
export function chooseKernel<P>(kernels: readonly Kernel<P>[], parameters: P, context: LowerContext): Layer {
  const of = (packed: boolean) =>
    best(
      applicable(kernels, (k) => (k.packed ?? false) === packed && k.accepts(parameters), context),
      {
        parameters,
        context,
      },
    );
  const plain = of(false);
  if (!plain) throw new Error(`no kernel accepts op ${context.index} "${context.label}"`);
  const packed = context.packWeights ? of(true) : undefined;
  return packed && constantBytes(packed.constants) < constantBytes(plain.constants) ? packed : plain;
}

/** In the order of the target's capabilities. */
function applicable<P>(
  kernels: readonly Kernel<P>[],
  accepted: (kernel: Kernel<P>) => boolean,
  { capabilities }: LowerContext,
): Kernel<P>[] {
  return capabilities.flatMap((c) => kernels.filter((k) => k.capability === c && accepted(k)));
}

/** The first kernel, or the one of fewest predicted cycles where that is worth it; of kernels never measured the first. */
function best<P>(
  [first, ...others]: readonly Kernel<P>[],
  { parameters, context }: { parameters: P; context: LowerContext },
): Layer | undefined {
  const lower = (kernel: Kernel<P>): Layer => ({
    op: context.index,
    kernel: `${kernel.capability}/${kernel.name}`,
    work: context.work,
    ...kernel.lower(parameters, context),
  });
  const cyclesOf = ({ kernel, work }: Layer) => context.cost(kernel, work!);
  if (!first) return undefined;
  let taken = lower(first);
  let cycles = cyclesOf(taken);
  if (cycles === undefined) return taken;
  cycles *= worthwhile;
  for (const kernel of others) {
    const layer = lower(kernel);
    const promised = cyclesOf(layer) ?? Number.POSITIVE_INFINITY;
    if (promised < cycles) [taken, cycles] = [layer, promised];
  }
  return taken;
}
