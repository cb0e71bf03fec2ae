/** Layers → Plan: one static arena, every offset known before a line of C is printed. */
import type { Graph } from '../graph/graph.js';
import { arenaSize, collectBuffers } from './buffers.js';
import { place } from './placement.js';
import type { Placement, Plan, PlanLayer } from './plan.js';

/**
 * Inputs of the model are live from −1, before the first layer, and may be overwritten once read; outputs to the
 * end; state always; scratch during its layer alone; views live with what they are views of.
 * @param layers one for each op, in execution order
 */
export function plan(
  layers: readonly PlanLayer[],
  graph: Graph,
  options: { readonly alignment: number },
): Plan {
  const buffers = collectBuffers(layers, graph, options.alignment);
  const { offsets, bytes: arenaBytes } = place(buffers, options.alignment);
  const placement = (buffer: number | undefined, bytes: number): Placement | undefined => {
    if (buffer === undefined) return undefined;
    const { first, last } = buffers.list[buffer]!;
    return { offset: offsets[buffer]!, bytes, first, last };
  };
  return {
    arenaBytes,
    tensors: graph.tensors.map((t, i) => placement(buffers.ofTensor[i], arenaSize(t))),
    scratch: layers.map((l, i) => placement(buffers.ofScratch[i], l.scratchBytes)),
  };
}
