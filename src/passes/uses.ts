/** Who writes and reads a tensor. */
import type { AnyOp, Graph } from '../graph/graph.js';

/** Readers of the tensor; being an output of the graph counts as one. */
function useCount(graph: Graph, tensor: number): number {
  const read = (list: readonly number[]) => list.filter((t) => t === tensor).length;
  return graph.ops.reduce((n, op) => n + read(op.inputs), read(graph.outputs));
}

export function producerOf(graph: Graph, tensor: number): AnyOp | undefined {
  return graph.ops.find((op) => op.outputs.includes(tensor));
}

/** The op that writes the tensor, when nothing but one op ever reads what it writes. */
export function soleProducerOf(graph: Graph, tensor: number): AnyOp | undefined {
  return useCount(graph, tensor) === 1 ? producerOf(graph, tensor) : undefined;
}

/** The op that reads the tensor, when it is its only reader and reads it once. */
export function soleConsumerOf(graph: Graph, tensor: number): AnyOp | undefined {
  return useCount(graph, tensor) === 1 ? graph.ops.find((op) => op.inputs.includes(tensor)) : undefined;
}
