/** How each operator becomes C: one line each, keyed by the operator's type. */
import type { Graph, Op, OpType } from '../../src/graph/graph.js';
import type { Layer, LowerContext, OpEmitter } from '../layer.js';
import { conv2d } from './conv_2d.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { fullyConnected } from './fully_connected.js';

/** Every operator but the stand-in for those that crimp does not know. */
export type EmittedOpType = Exclude<OpType, 'UNSUPPORTED'>;

const emitters: { readonly [T in EmittedOpType]: OpEmitter<T> } = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  FULLY_CONNECTED: fullyConnected,
};

export function emittedTypes(): readonly string[] {
  return Object.keys(emitters);
}

export function lowerOp(op: Op, graph: Graph, context: LowerContext): Layer {
  const emitter = (emitters as unknown as Record<string, OpEmitter<OpType> | undefined>)[op.type];
  if (!emitter) throw new Error(`${op.type} "${op.name}" has no emitter`);
  return emitter.lower(op, graph, context);
}
