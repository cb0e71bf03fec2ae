/**
 * Batch normalization at inference is a multiplication and an addition by one constant a channel. After a convolution or
 * a fully connected op, both go into its weights and bias. Float graphs only: quantized ones were folded by their maker,
 * and folding would change their rounding.
 */
import { elementCount, inputTensor, optionalInput, outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import { soleProducerOf } from './uses.js';

type Weighted = Op<'CONV_2D'> | Op<'DEPTHWISE_CONV_2D'> | Op<'FULLY_CONNECTED'>;
type Affine = Op<'MUL'> | Op<'ADD'>;

export function foldBatchNorm(graph: Graph): Graph {
  for (const op of graph.ops) {
    if (op.type !== 'MUL' && op.type !== 'ADD') continue;
    const folded = fold(graph, op as Affine);
    if (folded) return foldBatchNorm(folded);
  }
  return graph;
}

function fold(graph: Graph, op: Affine): Graph | undefined {
  const [a, b] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1)];
  const [value, constant] = b.data ? [op.inputs[0]!, b] : [op.inputs[1]!, a];
  const producer = soleProducerOf(graph, value);
  if (!constant.data || !producer || !isWeighted(producer) || producer.attributes.activation !== 'NONE')
    return undefined;
  const output = outputTensor(graph, producer as Op);
  if (output.dtype !== 'float32' || !sameShape(output, outputTensor(graph, op as Op))) return undefined;
  const weights = inputTensor(graph, producer as Op, 1);
  const bias = optionalInput(graph, producer as Op, 2);
  if (!weights.data || (bias && !bias.data)) return undefined;
  const channels = output.shape.at(-1) ?? 1;
  const factors = perChannel(constant, channels);
  if (!factors) return undefined;

  const name = uniqueNames();
  for (const tensor of graph.tensors) name(tensor.name);
  const tensors = [...graph.tensors];
  const append = (from: string, shape: readonly number[], data: Float32Array) =>
    tensors.push({ name: name(`${from}_folded`), dtype: 'float32', shape, data }) - 1;

  const old = Float64Array.from((bias?.data as Float32Array | undefined) ?? new Float32Array(channels));
  const inputs = [...producer.inputs];
  if (op.type === 'MUL') {
    inputs[1] = append(weights.name, weights.shape, scaledWeights(producer, weights, factors));
  }
  const folded = op.type === 'MUL' ? old.map((v, c) => v * factors[c]!) : old.map((v, c) => v + factors[c]!);
  inputs[2] = append(bias?.name ?? producer.name, [channels], Float32Array.from(folded));
  const attributes = { ...producer.attributes, activation: op.attributes.activation };
  const fused = { ...producer, name: op.name, inputs, attributes, outputs: op.outputs } as AnyOp;
  const ops = graph.ops.flatMap((o) => (o === producer ? [fused] : o === op ? [] : [o]));
  return { ...graph, tensors, ops };
}

function isWeighted(op: AnyOp): op is AnyOp & Weighted {
  return op.type === 'CONV_2D' || op.type === 'DEPTHWISE_CONV_2D' || op.type === 'FULLY_CONNECTED';
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.shape.join() === b.shape.join();
}

/** One value a channel of a constant that varies along the last axis only; undefined for any other. */
function perChannel({ shape, data }: Tensor, channels: number): Float32Array | undefined {
  if (!(data instanceof Float32Array)) return undefined;
  const n = elementCount(shape);
  if (n === 1) return new Float32Array(channels).fill(data[0]!);
  return n === channels && shape.at(-1) === channels ? data : undefined;
}

/** Output channels are the last axis of depthwise weights and the first of all others. */
function scaledWeights(op: Weighted, { shape, data }: Tensor, factors: Float32Array): Float32Array {
  const channels = factors.length;
  const block = elementCount(shape) / channels;
  const channelOf =
    op.type === 'DEPTHWISE_CONV_2D' ? (i: number) => i % channels : (i: number) => Math.floor(i / block);
  return Float32Array.from(data as Float32Array, (w, i) => w * factors[channelOf(i)]!);
}
