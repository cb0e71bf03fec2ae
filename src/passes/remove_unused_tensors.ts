/** Tensors that no op and no end of the graph names; the others are numbered anew, in their order. */
import type { AnyOp, Graph } from '../graph/graph.js';

export function removeUnusedTensors(graph: Graph): Graph {
  const used = new Set([
    ...graph.inputs,
    ...graph.outputs,
    ...graph.ops.flatMap((op) => [...op.inputs, ...op.outputs]),
  ]);
  const kept = graph.tensors.map((_, i) => i).filter((i) => used.has(i));
  if (kept.length === graph.tensors.length) return graph;
  const renumbered = new Map(kept.map((from, to) => [from, to]));
  const renumber = (list: readonly number[]) => list.map((t) => renumbered.get(t) ?? -1);
  return {
    ...graph,
    tensors: kept.map((i) => graph.tensors[i]!),
    ops: graph.ops.map(
      (op) => ({ ...op, inputs: renumber(op.inputs), outputs: renumber(op.outputs) }) as AnyOp,
    ),
    inputs: renumber(graph.inputs),
    outputs: renumber(graph.outputs),
  };
}
