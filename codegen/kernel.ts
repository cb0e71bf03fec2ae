/**
 * A kernel is one way to compute an operator: a readable .c file and, beside it, a .ts that says when it applies
 * and what it needs. codegen/ops/<op>.ts lists an operator's kernels; the first one whose capability the target
 * has and that accepts the parameters is taken, so `portable` stands last and accepts everything.
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

/** The layer as the best applicable kernel computes it. */
export function chooseKernel<P>(kernels: readonly Kernel<P>[], parameters: P, context: LowerContext): Layer {
  const of = (packed: boolean) => kernels.filter((k) => (k.packed ?? false) === packed);
  const plain = firstApplicable(of(false), parameters, context);
  if (!plain) throw new Error(`no kernel accepts op ${context.index} "${context.label}"`);
  const packed = context.packWeights ? firstApplicable(of(true), parameters, context) : undefined;
  return packed && constantBytes(packed.constants) < constantBytes(plain.constants) ? packed : plain;
}

function firstApplicable<P>(
  kernels: readonly Kernel<P>[],
  parameters: P,
  context: LowerContext,
): Layer | undefined {
  for (const capability of context.capabilities) {
    const kernel = kernels.find((k) => k.capability === capability && k.accepts(parameters));
    if (kernel) {
      const name = `${kernel.capability}/${kernel.name}`;
      return { op: context.index, kernel: name, ...kernel.lower(parameters, context) };
    }
  }
  return undefined;
}
