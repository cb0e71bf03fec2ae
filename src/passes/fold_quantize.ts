/**
 * A QUANTIZE behind others, or behind DEQUANTIZE: where the values go round and come back, nothing remains; where one
 * rescaling gives the same, one remains. Both are tried out on every value that there is, and left alone where one differs.
 */
import { isState } from '../graph/access.js';
import type { AnyOp, Graph, Op } from '../graph/graph.js';
import { definitionOf } from '../ops/registry.js';
import { bypass, sameKind } from './replace.js';
import { producerOf } from './uses.js';
import { everyValue, sameValues, valueMap } from './value_map.js';

export function foldQuantize(graph: Graph): Graph {
  for (const op of graph.ops) {
    const folded = op.type === 'QUANTIZE' ? fold(graph, op) : undefined;
    if (folded) return foldQuantize(folded);
  }
  return graph;
}

function fold(graph: Graph, op: AnyOp): Graph | undefined {
  const chain = chainTo(graph, op);
  for (let start = 0; start < chain.length; start++) {
    const folded = foldChain(graph, chain.slice(start));
    if (folded) return folded;
  }
  return undefined;
}

/** The op and what stands before it of its kind, in execution order. */
function chainTo(graph: Graph, op: AnyOp): AnyOp[] {
  const producer = producerOf(graph, op.inputs[0]!);
  const rescales = producer?.type === 'QUANTIZE' || producer?.type === 'DEQUANTIZE';
  return rescales ? [...chainTo(graph, producer), op] : [op];
}

function foldChain(graph: Graph, chain: readonly AnyOp[]): Graph | undefined {
  const [source, last] = [chain[0]!.inputs[0]!, chain.at(-1)!];
  // State may be written between the first op and the last.
  if (isState(graph.tensors[source]!)) return undefined;
  const without = sameKind(graph.tensors[source]!, graph.tensors[last.outputs[0]!]!)
    ? bypass(graph, last, source)
    : undefined;
  const direct = { ...last, inputs: [source] } as AnyOp;
  const possible = chain.length > 1 && definitionOf(direct as Op).check(direct as Op, graph).length === 0;
  const map = without || possible ? valueMap(graph, chain) : undefined;
  if (!map) return undefined;
  if (without && sameValues(map, everyValue(graph.tensors[source]!.dtype)!)) return without;
  if (!possible || !sameValues(map, valueMap(graph, [direct])!)) return undefined;
  return { ...graph, ops: graph.ops.map((op) => (op === last ? direct : op)) };
}
