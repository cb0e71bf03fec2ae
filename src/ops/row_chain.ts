/**
 * ROW_CHAIN: consecutive operators computed a few rows at a time, so that what lies between them is never whole in memory.
 * No model file has it: the compiler makes it of operators that it stands for, and it means what they mean.
 */
import { outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op } from '../graph/graph.js';
import type { OpDefinition } from './op.js';

export interface RowChainAttributes {
  /**
   * In execution order, over the graph's own tensors. Of these the chain's first input is read, and nothing else that is
   * no constant; its output is the last one's.
   */
  readonly ops: readonly AnyOp[];
  /** The first input is an input of the model that is given row by row, as the chain asks for it, and is never in the arena. */
  readonly byRows: boolean;
  /** Of tensors in the arena, and so of rows, bytes. */
  readonly alignment: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    ROW_CHAIN: RowChainAttributes;
  }
}

/** Ops of the graph, and in place of chains what they are made of. */
export function unchained(graph: Graph): readonly AnyOp[] {
  return graph.ops.flatMap((op) => (op.type === 'ROW_CHAIN' ? op.attributes.ops : [op]));
}

/** @param definitionOf of the operators in the chain */
export function rowChain(definitionOf: (op: Op) => OpDefinition<Op['type']>): OpDefinition<'ROW_CHAIN'> {
  return {
    type: 'ROW_CHAIN',
    supports: [],
    internal: true,
    check: () => [],
    infer: (op, graph) => [outputTensor(graph, op).shape],
    macs: ({ attributes }, graph) =>
      attributes.ops.reduce((n, op) => n + definitionOf(op as Op).macs(op as Op, graph), 0),
    simulate({ attributes }, graph, memory) {
      const steps = attributes.ops.map((op) => definitionOf(op as Op).simulate(op as Op, graph, memory));
      return () => {
        for (const step of steps) step();
      };
    },
  };
}
