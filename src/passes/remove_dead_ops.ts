/** Ops whose outputs nothing reads, and in turn those that only fed them. */
import type { Graph } from '../graph/graph.js';

export function removeDeadOps(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const ops = [...graph.ops].reverse().filter((op) => {
    if (!op.outputs.some((t) => needed.has(t))) return false;
    for (const t of op.inputs) needed.add(t);
    return true;
  });
  return ops.length === graph.ops.length ? graph : { ...graph, ops: ops.reverse() };
}
