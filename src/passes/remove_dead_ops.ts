/** Ops whose outputs nothing reads, and in turn those that only fed them. An op may also matter for state that it touches. */
import { isState } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';

export function removeDeadOps(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const kept = new Set<AnyOp>();
  const state = (op: AnyOp) => op.inputs.filter((t) => t >= 0 && isState(graph.tensors[t]!));
  const matters = (op: AnyOp) => [...op.outputs, ...state(op)].some((t) => needed.has(t));
  // State is read before it is written, so what one round finds may keep ops that stand behind it.
  for (let count = -1; count < kept.size; ) {
    count = kept.size;
    for (const op of [...graph.ops].reverse()) {
      if (kept.has(op) || !matters(op)) continue;
      kept.add(op);
      for (const t of op.inputs) needed.add(t);
    }
  }
  return kept.size === graph.ops.length ? graph : { ...graph, ops: graph.ops.filter((op) => kept.has(op)) };
}
