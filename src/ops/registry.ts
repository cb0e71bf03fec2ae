/** The operators crimp knows: one line each. Everything else asks here; nothing else lists them. */
import type { AnyOp, Graph, Op, OpType } from '../graph/graph.js';
import type { OpDefinition } from './op.js';
import { unsupported } from './unsupported.js';

const definitions: { readonly [T in OpType]: OpDefinition<T> } = {
  UNSUPPORTED: unsupported,
};

/** The definition of an op, typed by its own type. */
export function definitionOf<T extends OpType>(op: Op<T>): OpDefinition<T> {
  return definitions[op.type] as unknown as OpDefinition<T>;
}

export function allDefinitions(): readonly OpDefinition<OpType>[] {
  return Object.values(definitions) as unknown as OpDefinition<OpType>[];
}

export function macsOf(op: AnyOp, graph: Graph): number {
  return definitionOf(op as Op).macs(op as Op, graph);
}
