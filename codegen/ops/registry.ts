/** How each operator becomes C: one line each, keyed by the operator's type. */
import type { Graph, Op, OpType } from '../../src/graph/graph.js';
import type { Layer, LowerContext, OpEmitter } from '../layer.js';
import { add } from './add.js';
import { averagePool2d } from './average_pool_2d.js';
import { concatenation } from './concatenation.js';
import { conv2d } from './conv_2d.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { dequantize } from './dequantize.js';
import { fullyConnected } from './fully_connected.js';
import { maxPool2d } from './max_pool_2d.js';
import { mean } from './mean.js';
import { mul } from './mul.js';
import { pad } from './pad.js';
import { quantize } from './quantize.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { reshape } from './reshape.js';
import { softmax } from './softmax.js';
import { sub } from './sub.js';

/** Every operator but the stand-in for those that crimp does not know. */
export type EmittedOpType = Exclude<OpType, 'UNSUPPORTED'>;

const emitters: { readonly [T in EmittedOpType]: OpEmitter<T> } = {
  ADD: add,
  AVERAGE_POOL_2D: averagePool2d,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEQUANTIZE: dequantize,
  FULLY_CONNECTED: fullyConnected,
  MAX_POOL_2D: maxPool2d,
  MEAN: mean,
  MUL: mul,
  PAD: pad,
  QUANTIZE: quantize,
  RELU6: relu6,
  RELU: relu,
  RESHAPE: reshape,
  SOFTMAX: softmax,
  SUB: sub,
};

export function emittedTypes(): readonly string[] {
  return Object.keys(emitters);
}

export function lowerOp(op: Op, graph: Graph, context: LowerContext): Layer {
  const emitter = (emitters as unknown as Record<string, OpEmitter<OpType> | undefined>)[op.type];
  if (!emitter) throw new Error(`${op.type} "${op.name}" has no emitter`);
  return emitter.lower(op, graph, context);
}
