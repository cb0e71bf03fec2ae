/** What of a model a goal can count without compiling it. */
import { elementCount } from '../../graph/access.js';
import type { AnyOp, Graph } from '../../graph/graph.js';
import { macsOf } from '../../ops/registry.js';

/** A price that grows with every channel; read off shapes alone, never off data. */
export type Cost = 'macs' | 'params';

/** Of one inference. */
export function macsOfGraph(graph: Graph): number {
  return graph.ops.reduce((n, op) => n + macsOf(op, graph), 0);
}

/** Elements of all float constants, shared ones once. */
export function paramsOfGraph(graph: Graph): number {
  const constants = new Set(graph.ops.flatMap((op) => parametersOf(op, graph)));
  return [...constants].reduce((n, t) => n + elementCount(graph.tensors[t]!.shape), 0);
}

export const costs: Readonly<Record<Cost, (graph: Graph) => number>> = {
  macs: macsOfGraph,
  params: paramsOfGraph,
};

/** Tensor indices of the op's float constants: weights, biases, factors. */
export function parametersOf(op: AnyOp, graph: Graph): number[] {
  return op.inputs.filter((t) => graph.tensors[t]?.data && graph.tensors[t]!.dtype === 'float32');
}
