/** The operators crimp knows: one line each. Everything else asks here; nothing else lists them. */
import type { AnyOp, Graph, Op, OpType } from '../graph/graph.js';
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
import type { OpDefinition } from './op.js';
import { pad } from './pad.js';
import { quantize } from './quantize.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { reshape } from './reshape.js';
import { softmax } from './softmax.js';
import { sub } from './sub.js';
import { unsupported } from './unsupported.js';

const definitions: { readonly [T in OpType]: OpDefinition<T> } = {
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
