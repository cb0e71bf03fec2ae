/** Ops of one type with the same attributes and inputs give the same outputs: one of them is enough. */
import { isState } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { sameKind } from './replace.js';

export function removeDuplicateOps(graph: Graph): Graph {
  const seen = new Map<string, AnyOp[]>();
  for (const op of graph.ops) {
    if (op.outputs.length === 0 || op.inputs.some((t) => t >= 0 && isState(graph.tensors[t]!))) continue;
    const key = keyOf(op);
    const alike = seen.get(key) ?? [];
    for (const first of alike) {
      const merged = merge(graph, first, op);
      if (merged) return removeDuplicateOps(merged);
    }
    seen.set(key, [...alike, op]);
  }
  return graph;
}

function keyOf({ type, attributes, inputs }: AnyOp): string {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return JSON.stringify([type, entries.sort(([a], [b]) => (a < b ? -1 : 1)), inputs]);
}

/** The earlier op in both places, writing whatever is an output of the graph; undefined where two outputs would become one. */
function merge(graph: Graph, first: AnyOp, second: AnyOp): Graph | undefined {
  const isOutput = (t: number) => graph.outputs.includes(t);
  const pairs = first.outputs.map((t, i) => [t, second.outputs[i]!] as const);
  const alike = pairs.every(([a, b]) => sameKind(graph.tensors[a]!, graph.tensors[b]!));
  if (!alike || pairs.some(([a, b]) => isOutput(a) && isOutput(b))) return undefined;
  const kept = pairs.map(([a, b]) => (isOutput(b) ? b : a));
  const standIn = new Map(pairs.flatMap(([a, b], i) => [a, b].map((t) => [t, kept[i]!] as const)));
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    if (op === second) return [];
    if (op === first) return [{ ...op, outputs: kept } as AnyOp];
    if (!op.inputs.some((t) => standIn.has(t))) return [op];
    return [{ ...op, inputs: op.inputs.map((t) => standIn.get(t) ?? t) } as AnyOp];
  });
  return { ...graph, ops };
}
