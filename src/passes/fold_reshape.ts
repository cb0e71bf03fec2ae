/**
 * Views of views are views of the first tensor: chains of RESHAPE, SQUEEZE and EXPAND_DIMS become one RESHAPE each, and those
 * that change nothing vanish.
 */
import { isState } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { bypass, sameKind } from './replace.js';

const views: readonly AnyOp['type'][] = ['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS'];

export function foldReshape(graph: Graph): Graph {
  return withoutIdentities(fromTheFirst(graph));
}

function fromTheFirst(graph: Graph): Graph {
  const sourceOf = new Map<number, number>();
  const ops = graph.ops.map((op): AnyOp => {
    if (!views.includes(op.type)) return op;
    const input = op.inputs[0]!;
    const source = sourceOf.get(input) ?? input;
    // State may be written before the next view reads it.
    if (!isState(graph.tensors[source]!)) sourceOf.set(op.outputs[0]!, source);
    return source === input ? op : asReshape(op, source);
  });
  return ops.every((op, i) => op === graph.ops[i]) ? graph : { ...graph, ops };
}

function withoutIdentities(graph: Graph): Graph {
  for (const op of graph.ops) {
    if (!views.includes(op.type)) continue;
    const [source, output] = [op.inputs[0]!, op.outputs[0]!];
    const same = sameKind(graph.tensors[source]!, graph.tensors[output]!);
    const without = same ? bypass(graph, op, source) : undefined;
    if (without) return withoutIdentities(without);
  }
  return graph;
}

/** The op as nothing but another shape of the source. */
export function asReshape({ name, outputs }: AnyOp, source: number): AnyOp {
  return { type: 'RESHAPE', name, inputs: [source], outputs, attributes: {} };
}
