/**
 * Which channels of an op's tensors must go together. A channel is an index of a tensor's last axis, and of the axes of
 * weights that run along it. An operator without a rule here keeps all channels that it touches.
 */

import type { AnyOp, Graph, Op, OpType, Tensor } from '../../graph/graph.js';
import { concatenationAxis } from '../../ops/concatenation.js';
import { imageOf } from '../../ops/convolution.js';
import { type Axis, type Coupler, lastAxis, lengthOf, sameChannels } from './coupler.js';
import { coupleBlocks, coupleMoved, couplePack, couplePadded, coupleSplit } from './coupling_movement.js';

type Rule = (op: AnyOp, graph: Graph, coupler: Coupler) => void;

export const couplingRules: Partial<Record<OpType, Rule>> = {
  ABS: sameChannels,
  ADD: coupleElementwise,
  ADD_N: coupleElementwise,
  AVERAGE_POOL_2D: sameChannels,
  BATCH_TO_SPACE_ND: coupleMoved,
  CEIL: sameChannels,
  CONCATENATION: coupleConcatenation,
  CONV_2D: coupleConvolution,
  COS: sameChannels,
  DEPTHWISE_CONV_2D: coupleDepthwise,
  DEPTH_TO_SPACE: coupleBlocks,
  DIV: coupleElementwise,
  ELU: sameChannels,
  EXP: sameChannels,
  EXPAND_DIMS: coupleMoved,
  FLOOR: sameChannels,
  FULLY_CONNECTED: coupleDense,
  GATHER: coupleMoved,
  HARD_SWISH: sameChannels,
  L2_POOL_2D: sameChannels,
  LEAKY_RELU: sameChannels,
  LOG: sameChannels,
  LOGISTIC: sameChannels,
  MAXIMUM: coupleElementwise,
  MAX_POOL_2D: sameChannels,
  MEAN: coupleReduction,
  MINIMUM: coupleElementwise,
  MIRROR_PAD: couplePadded,
  MUL: coupleElementwise,
  NEG: sameChannels,
  PACK: couplePack,
  PAD: couplePad,
  PADV2: couplePadded,
  PRELU: coupleElementwise,
  REDUCE_MAX: coupleReduction,
  REDUCE_MIN: coupleReduction,
  RELU6: sameChannels,
  RELU: sameChannels,
  RELU_0_TO_1: sameChannels,
  RELU_N1_TO_1: sameChannels,
  RESHAPE: sameChannels,
  RESIZE_BILINEAR: sameChannels,
  RESIZE_NEAREST_NEIGHBOR: sameChannels,
  REVERSE_V2: coupleMoved,
  ROUND: sameChannels,
  RSQRT: sameChannels,
  SIN: sameChannels,
  SLICE: coupleMoved,
  SPACE_TO_BATCH_ND: coupleMoved,
  SPACE_TO_DEPTH: coupleBlocks,
  SPLIT: coupleSplit,
  SQRT: sameChannels,
  SQUARE: sameChannels,
  SQUARED_DIFFERENCE: coupleElementwise,
  SQUEEZE: coupleMoved,
  STRIDED_SLICE: coupleMoved,
  SUB: coupleElementwise,
  SUM: coupleReduction,
  TANH: sameChannels,
  TILE: coupleMoved,
  TRANSPOSE: coupleMoved,
  UNPACK: coupleMoved,
};

/** Operands of one channel are repeated and stay; all others, also constants, go with the output. */
function coupleElementwise(op: AnyOp, graph: Graph, { unite }: Coupler): void {
  const output = lastAxis(graph, op.outputs[0]!);
  for (const t of op.inputs) {
    const { shape } = graph.tensors[t]!;
    if ((shape.at(-1) ?? 1) === lengthOf(graph, output)) unite(lastAxis(graph, t), output);
  }
}

/** Along the channels each input has its own part of the output's; along any other axis all have the same channels. */
function coupleConcatenation(op: AnyOp, graph: Graph, { match }: Coupler): void {
  const output = lastAxis(graph, op.outputs[0]!);
  const apart = concatenationAxis(op as Op<'CONCATENATION'>, graph) === output.axis;
  let first = 0;
  for (const t of op.inputs) {
    const [input, offset] = [lastAxis(graph, t), first];
    match(input, output, (i) => offset + i);
    if (apart) first += lengthOf(graph, input);
  }
}

/**
 * Groups stay of equal size. Where there are many, whole groups go: what they read together with what they make. Where
 * they are few and wide, each loses the channel at the same place, of what it reads or of what it makes. A convolution
 * without groups is one of these.
 */
function coupleConvolution(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const [input, weights] = [op.inputs[0]!, op.inputs[1]!];
  const [images, filters] = [lastAxis(graph, input), { tensor: weights, axis: 0 }];
  coupleFilters(op, graph, coupler, filters);
  const read = { tensor: weights, axis: 3 };
  const [inGroup, count] = [lengthOf(graph, read), lengthOf(graph, filters)];
  const groups = imageOf(graph.tensors[input]!)!.channels / inGroup;
  const outOfGroup = count / groups;
  if (groups > Math.min(inGroup, outOfGroup)) {
    const firstFilter = (group: number) => group * outOfGroup;
    coupler.match(images, filters, (i) => firstFilter(Math.floor(i / inGroup)));
    coupler.match(filters, filters, (f) => firstFilter(Math.floor(f / outOfGroup)));
  } else {
    coupler.match(images, read, (i) => i % inGroup);
    coupler.match(filters, filters, (f) => f % outOfGroup);
  }
}

function coupleDense(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const [input, weights] = [op.inputs[0]!, op.inputs[1]!];
  const rank = graph.tensors[weights]!.shape.length;
  coupler.unite(lastAxis(graph, input), { tensor: weights, axis: rank - 1 });
  coupleFilters(op, graph, coupler, { tensor: weights, axis: rank - 2 });
}

/** A single input channel stays, and the multiplier is then free to shrink; of more, each goes with what is made of it. */
function coupleDepthwise(op: AnyOp, graph: Graph, coupler: Coupler): void {
  if (op.type !== 'DEPTHWISE_CONV_2D') return;
  const [input, filters] = [lastAxis(graph, op.inputs[0]!), { tensor: op.inputs[1]!, axis: 3 }];
  if (lengthOf(graph, input) === 1) coupler.fix(input);
  else coupler.match(filters, input, (f) => Math.floor(f / op.attributes.depthMultiplier));
  coupleFilters(op, graph, coupler, filters);
}

/** Filters, biases and the output's channels. */
function coupleFilters(op: AnyOp, graph: Graph, { unite, produce }: Coupler, filters: Axis): void {
  produce(filters);
  unite(filters, lastAxis(graph, op.outputs[0]!));
  const bias = op.inputs[2] ?? -1;
  if (bias >= 0) unite(filters, biasAxis(graph.tensors[bias]!, bias));
}

/** Biases may have axes of 1 around the one of the channels. */
function biasAxis({ shape }: Tensor, tensor: number): Axis {
  const long = shape.findIndex((n) => n !== 1);
  return { tensor, axis: long < 0 ? shape.length - 1 : long };
}

function coupleReduction(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const rank = graph.tensors[op.inputs[0]!]!.shape.length;
  const axes = [...(graph.tensors[op.inputs[1]!]!.data as Int32Array)];
  if (axes.some((axis) => axis === rank - 1 || axis === -1)) {
    coupler.fix(lastAxis(graph, op.inputs[0]!));
    coupler.fix(lastAxis(graph, op.outputs[0]!));
  } else sameChannels(op, graph, coupler);
}

function couplePad(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const paddings = graph.tensors[op.inputs[1]!]!.data!;
  const [before, after] = [paddings.at(-2)!, paddings.at(-1)!];
  if (Number(before) === 0 && Number(after) === 0) sameChannels(op, graph, coupler);
  else {
    coupler.fix(lastAxis(graph, op.inputs[0]!));
    coupler.fix(lastAxis(graph, op.outputs[0]!));
  }
}
