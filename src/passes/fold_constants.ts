/**
 * What is the same in every inference is computed when the model is compiled. It then lies in flash instead of the arena, so
 * it may not be larger than the constants that it makes superfluous: a FILL or a TILE of a few bytes would blow up the
 * firmware, and stays.
 */
import { byteSize } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { constantOps, opsBehind, withValues } from './constant_ops.js';

/** Bytes: up to here a constant is no larger than the code of the call that computes it. */
const small = 32;

export function foldConstants(graph: Graph): Graph {
  // An output of the graph has to lie in the arena, where a program can read it.
  const candidates = constantOps(graph).filter((op) => !op.outputs.some((t) => graph.outputs.includes(t)));
  const stay = new Set<AnyOp>();
  for (;;) {
    const foldable = candidates.filter((op) => !stay.has(op));
    const last = foldable.filter((op) => isLast(op, graph, foldable));
    const refused = last.filter(
      (op) => grows(op, graph, foldable) || !withValues(graph, opsBehind(foldable, op.outputs)),
    );
    if (refused.length === 0) return fold(graph, foldable, last);
    for (const op of refused) stay.add(op);
  }
}

/** Somebody reads it who is not folded himself. */
function isLast(op: AnyOp, graph: Graph, foldable: readonly AnyOp[]): boolean {
  return graph.ops.some(
    (reader) => !foldable.includes(reader) && reader.inputs.some((t) => op.outputs.includes(t)),
  );
}

function grows(op: AnyOp, graph: Graph, foldable: readonly AnyOp[]): boolean {
  const sum = (tensors: Iterable<number>) =>
    [...tensors].reduce((n, t) => n + byteSize(graph.tensors[t]!), 0);
  const read = (t: number) => graph.ops.some((reader) => reader.inputs.includes(t));
  const size = sum(op.outputs.filter(read));
  if (size <= small) return false;
  const behind = opsBehind(foldable, op.outputs);
  const constants = new Set(behind.flatMap((o) => o.inputs).filter((t) => graph.tensors[t]?.data));
  for (const { inputs } of graph.ops.filter((o) => !behind.includes(o))) {
    for (const t of inputs) constants.delete(t);
  }
  return size > sum(constants);
}

function fold(graph: Graph, foldable: readonly AnyOp[], last: readonly AnyOp[]): Graph {
  if (last.length === 0) return graph;
  const behind = opsBehind(
    foldable,
    last.flatMap((op) => op.outputs),
  );
  const values = withValues(graph, behind)!;
  const folded = new Set(last.flatMap((op) => op.outputs));
  const tensors = graph.tensors.map((tensor, t) => (folded.has(t) ? values[t]! : tensor));
  return { ...graph, tensors, ops: graph.ops.filter((op) => !last.includes(op)) };
}
