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
  const constant = constantOps(graph);
  // An output of the graph has to lie in the arena, where a program can read it.
  const stay = new Set(constant.filter((op) => op.outputs.some((t) => graph.outputs.includes(t))));
  for (;;) {
    const foldable = constant.filter((op) => !stay.has(op));
    const last = foldable.filter((op) => isLast(op, graph, foldable));
    const refused = last.filter((op) => {
      const behind = opsBehind(constant, op.outputs);
      return grows(op, behind, graph) || !withValues(graph, behind);
    });
    if (refused.length === 0) return fold(graph, constant, last);
    for (const op of refused) stay.add(op);
  }
}

/** Somebody reads it who is not folded himself. */
function isLast(op: AnyOp, graph: Graph, foldable: readonly AnyOp[]): boolean {
  return graph.ops.some(
    (reader) => !foldable.includes(reader) && reader.inputs.some((t) => op.outputs.includes(t)),
  );
}

/** @param behind what it takes to compute the op, itself included */
function grows(op: AnyOp, behind: readonly AnyOp[], graph: Graph): boolean {
  const sum = (tensors: Iterable<number>) =>
    [...tensors].reduce((n, t) => n + byteSize(graph.tensors[t]!), 0);
  const readersOf = (t: number) => graph.ops.filter((reader) => reader.inputs.includes(t));
  const size = sum(op.outputs.filter((t) => readersOf(t).length > 0));
  if (size <= small) return false;
  const gone = new Set([op]);
  for (const o of [...behind].reverse()) {
    const needed = (t: number) =>
      graph.outputs.includes(t) || readersOf(t).some((reader) => !gone.has(reader));
    if (!o.outputs.some(needed)) gone.add(o);
  }
  const read = new Set([...gone].flatMap((o) => o.inputs).filter((t) => graph.tensors[t]?.data));
  return size > sum([...read].filter((t) => readersOf(t).every((reader) => gone.has(reader))));
}

function fold(graph: Graph, constant: readonly AnyOp[], last: readonly AnyOp[]): Graph {
  if (last.length === 0) return graph;
  const folded = last.flatMap((op) => op.outputs);
  const values = withValues(graph, opsBehind(constant, folded));
  if (!values) return graph;
  const tensors = graph.tensors.map((tensor, t) => (folded.includes(t) ? values[t]! : tensor));
  return { ...graph, tensors, ops: graph.ops.filter((op) => !last.includes(op)) };
}
