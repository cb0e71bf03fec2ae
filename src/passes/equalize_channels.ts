/**
 * Cross-layer equalization (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019):
 * what one layer's channel is divided by, the weights that read it are multiplied by, until a channel's largest weights are
 * about equal on both sides. Then one scale serves all channels. It holds where everything between is positively
 * homogeneous in each channel: RELU is, RELU6 and RELU_N1_TO_1 are not and stay as they are. Factors are powers of two,
 * so that a float model gives the same bits as before. Float graphs only.
 */
import { elementCount, inputTensor, optionalInput, outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { soleConsumerOf } from './uses.js';

type Weighted = AnyOp & (Op<'CONV_2D'> | Op<'DEPTHWISE_CONV_2D'> | Op<'FULLY_CONNECTED'>);

/** Two layers and the channels that lead from one to the other. */
interface Pair {
  readonly channels: number;
  readonly first: Weighted;
  readonly second: Weighted;
  /** Channel of the i-th weight of either. */
  readonly written: (i: number) => number;
  readonly read: (i: number) => number;
}

interface Parameters {
  readonly weights: Float32Array;
  readonly bias?: Float32Array;
}

/** A pair is looked at again whenever a neighbor has changed; a round without a change comes long before these. */
const maxRounds = 64;

export function equalizeChannels(graph: Graph): Graph {
  const pairs = graph.ops.flatMap((op) => pairFrom(graph, op) ?? []);
  const copies = new Map<AnyOp, Parameters>();
  for (const op of pairs.flatMap(({ first, second }) => [first, second])) {
    if (!copies.has(op)) copies.set(op, copyOf(graph, op));
  }
  let changed = pairs.length > 0;
  for (let round = 0; changed && round < maxRounds; round++) {
    changed = pairs.map((pair) => equalize(pair, copies)).includes(true);
  }
  const tensors: Tensor[] = [...graph.tensors];
  // Appended for each op, for other ops may share the old ones.
  const append = (t: number, data: Float32Array) =>
    tensors.push({
      ...graph.tensors[t]!,
      name: `${graph.tensors[t]!.name}_equalized_${tensors.length}`,
      data,
    }) - 1;
  const ops = graph.ops.map((op): AnyOp => {
    const copy = copies.get(op);
    if (!copy) return op;
    const [input, weights, bias] = op.inputs;
    const inputs = [input!, append(weights!, copy.weights)];
    if (copy.bias) inputs.push(append(bias!, copy.bias));
    return { ...op, inputs } as AnyOp;
  });
  return { ...graph, tensors, ops };
}

function copyOf(graph: Graph, op: Weighted): Parameters {
  const bias = optionalInput(graph, op as Op, 2)?.data as Float32Array | undefined;
  return {
    weights: Float32Array.from(inputTensor(graph, op as Op, 1).data as Float32Array),
    bias: bias?.slice(),
  };
}

/** @returns whether any channel changed */
function equalize({ channels, first, second, written, read }: Pair, copies: Map<AnyOp, Parameters>): boolean {
  const [a, b] = [copies.get(first)!, copies.get(second)!];
  const [out, into] = [largest(a.weights, written, channels), largest(b.weights, read, channels)];
  const factors = out.map((r, c) =>
    r > 0 && into[c]! > 0 ? 2 ** Math.round(Math.log2(r / into[c]!) / 2) : 1,
  );
  if (factors.every((f) => f === 1)) return false;
  a.weights.forEach((w, i) => {
    a.weights[i] = w / factors[written(i)]!;
  });
  a.bias?.forEach((v, c) => {
    a.bias![c] = v / factors[c]!;
  });
  b.weights.forEach((w, i) => {
    b.weights[i] = w * factors[read(i)]!;
  });
  return true;
}

function largest(values: Float32Array, channelOf: (i: number) => number, channels: number): Float64Array {
  const found = new Float64Array(channels);
  values.forEach((v, i) => {
    const c = channelOf(i);
    found[c] = Math.max(found[c]!, Math.abs(v));
  });
  return found;
}

function pairFrom(graph: Graph, first: AnyOp): Pair | undefined {
  if (!isWeighted(graph, first) || !homogeneous(first)) return undefined;
  const channels = outputTensor(graph, first as Op).shape.at(-1)!;
  let tensor = first.outputs[0]!;
  for (;;) {
    const next = soleConsumerOf(graph, tensor);
    if (!next || next.inputs[0] !== tensor) return undefined;
    if (isWeighted(graph, next)) {
      const read = channelRead(graph, next, channels);
      return read && { channels, first, second: next, written: channelWritten(graph, first, channels), read };
    }
    if (!keepsChannels(graph, next, channels)) return undefined;
    tensor = next.outputs[0]!;
  }
}

function isWeighted(graph: Graph, op: AnyOp): op is Weighted {
  if (op.type !== 'CONV_2D' && op.type !== 'DEPTHWISE_CONV_2D' && op.type !== 'FULLY_CONNECTED') return false;
  const [weights, bias] = [optionalInput(graph, op as Op, 1), optionalInput(graph, op as Op, 2)];
  return weights?.data instanceof Float32Array && (!bias || bias.data instanceof Float32Array);
}

function homogeneous({ attributes }: AnyOp): boolean {
  const { activation = 'NONE' } = attributes as { activation?: string };
  return activation === 'NONE' || activation === 'RELU';
}

/** Element i of the last axis, and of a flat array, belongs to channel i mod channels before and after. */
function keepsChannels(graph: Graph, op: AnyOp, channels: number): boolean {
  const [input, output] = [inputTensor(graph, op as Op), outputTensor(graph, op as Op)];
  const axis = input.shape.length - 1;
  const [before, after] = [input.shape[axis] ?? 0, output.shape.at(-1) ?? 0];
  switch (op.type) {
    case 'RELU':
      return true;
    case 'MAX_POOL_2D':
    case 'AVERAGE_POOL_2D':
      return homogeneous(op);
    case 'PAD':
      return before === after;
    case 'MEAN': {
      const axes = inputTensor(graph, op as Op, 1).data as Int32Array | undefined;
      return axes?.every((a) => a !== axis && a !== -1) ?? false;
    }
    case 'RESHAPE':
      return after % channels === 0;
    default:
      return false;
  }
}

/** Output channels are the last axis of depthwise weights and the first of all others. */
function channelWritten(graph: Graph, op: Weighted, channels: number): (i: number) => number {
  if (op.type === 'DEPTHWISE_CONV_2D') return (i) => i % channels;
  const block = elementCount(inputTensor(graph, op as Op, 1).shape) / channels;
  return (i) => Math.floor(i / block);
}

/** Undefined when the layer's inputs do not fall into whole groups of the channels. */
function channelRead(graph: Graph, op: Weighted, channels: number): ((i: number) => number) | undefined {
  const { shape } = inputTensor(graph, op as Op, 1);
  const last = shape.at(-1)!;
  if (op.type === 'FULLY_CONNECTED') return last % channels === 0 ? (i) => i % channels : undefined;
  if (op.type === 'DEPTHWISE_CONV_2D') {
    const { depthMultiplier } = op.attributes;
    return (i) => Math.floor((i % last) / depthMultiplier) % channels;
  }
  // Of a grouped convolution, each group of outputs reads the next `last` channels.
  const groups = inputTensor(graph, op as Op).shape[3]! / last;
  const weightsOfGroup = elementCount(shape) / groups;
  return (i) => (Math.floor(i / weightsOfGroup) * last + (i % last)) % channels;
}
