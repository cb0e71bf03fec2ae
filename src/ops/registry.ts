/** The operators crimp knows: one line each. Everything else asks here; nothing else lists them. */
import type { AnyOp, Graph, Op, OpType } from '../graph/graph.js';
import { conv2d } from './conv_2d.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { fullyConnected } from './fully_connected.js';
import type { OpDefinition } from './op.js';
import { unsupported } from './unsupported.js';

const definitions: { readonly [T in OpType]: OpDefinition<T> } = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  FULLY_CONNECTED: fullyConnected,
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
