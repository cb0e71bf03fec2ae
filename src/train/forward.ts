/**
 * A float32 graph as TensorFlow.js computes it, over any number of samples at once. Every tensor of the graph stands for
 * one of shape [samples, ...its own], so that whatever a graph does with its own first axis stays as it is.
 */
import type * as T from '@tensorflow/tfjs';
import { inputTensor, outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op, OpType } from '../graph/graph.js';
import { calculateActivationRange, type FusedActivation, float32Max } from '../numerics/activation_range.js';
import { concatenationAxis } from '../ops/concatenation.js';
import { transposeConvParameters } from '../ops/transpose_conv.js';
import { elementwise, elementwiseFunctions } from './elementwise.js';
import { moved } from './moved.js';
import type { Tf } from './tensorflow.js';
import { averagePool, conv2d, depthwiseConv2d, maxPool, transposeConv2d } from './windows.js';

/** Stands between a tensor and its readers, weights included: fake quantization, noise. Keeps the shape. */
export type Transform = (value: T.Tensor, tensorIndex: number, tf: Tf) => T.Tensor;

/** Stands between a tensor and one op that reads it: batch normalization. Keeps the shape. */
export type Normalize = (value: T.Tensor, op: AnyOp) => T.Tensor;

export interface ForwardInputs {
  /** By tensor index, in the tensor's own shape; constants of the graph that are not among them are taken as they are. */
  readonly weights: ReadonlyMap<number, T.Tensor>;
  /** By position in graph.inputs: [samples, ...shape]. */
  readonly inputs: readonly T.Tensor[];
  readonly transform?: Transform;
  readonly normalize?: Normalize;
}

/** What an op sees: its operands, and a way to bring its result into the shape of the graph. */
interface Site<Type extends OpType> {
  readonly tf: Tf;
  readonly graph: Graph;
  readonly op: Op<Type>;
  /** The i-th operand: [samples, ...shape], a constant in its own shape; undefined when it is absent. */
  operand(i: number): T.Tensor | undefined;
  readonly samples: number;
}

/** One value an output. */
type Emit<Type extends OpType> = (site: Site<Type>) => T.Tensor | readonly T.Tensor[];

const emitters: { readonly [Type in OpType]?: Emit<Type> } = {
  CONV_2D: (site) => windowed(site, conv2d),
  BATCH_MATMUL: batchMatmul,
  DEPTHWISE_CONV_2D: (site) => windowed(site, depthwiseConv2d),
  FULLY_CONNECTED: fullyConnected,
  TRANSPOSE_CONV: transposeConv,
  ADD: (site) => binary(site, site.tf.add),
  MUL: (site) => binary(site, site.tf.mul),
  SUB: (site) => binary(site, site.tf.sub),
  DIV: (site) => binary(site, site.tf.div),
  // Of TensorFlow.js's own the gradients are not summed up where operands are repeated.
  MAXIMUM: (site) => binary(site, (a, b) => site.tf.add(a, site.tf.relu(site.tf.sub(b, a)))),
  MINIMUM: (site) => binary(site, (a, b) => site.tf.sub(a, site.tf.relu(site.tf.sub(a, b)))),
  SQUARED_DIFFERENCE: (site) => binary(site, (a, b) => site.tf.square(site.tf.sub(a, b))),
  PRELU: (site) => binary(site, (x, alpha) => prelu(site.tf, x, alpha)),
  MAX_POOL_2D: (site) => pooled(site, maxPool),
  AVERAGE_POOL_2D: (site) => pooled(site, averagePool),
  CONCATENATION: concatenation,
  MEAN: (site) => reduction(site, site.tf.mean),
  SUM: (site) => reduction(site, site.tf.sum),
  REDUCE_MAX: (site) => reduction(site, site.tf.max),
  REDUCE_MIN: (site) => reduction(site, site.tf.min),
  PAD: pad,
  RESHAPE: ({ operand }) => operand(0)!,
  RELU: ({ tf, operand }) => tf.relu(operand(0)!),
  RELU6: ({ tf, operand }) => tf.relu6(operand(0)!),
  SOFTMAX: ({ tf, op, operand }) => tf.softmax(tf.mul(operand(0)!, op.attributes.beta)),
  EXPAND_DIMS: ({ operand }) => operand(0)!,
  SQUEEZE: ({ operand }) => operand(0)!,
  BATCH_TO_SPACE_ND: movement,
  BROADCAST_TO: movement,
  DEPTH_TO_SPACE: movement,
  GATHER: movement,
  GATHER_ND: movement,
  MIRROR_PAD: movement,
  PACK: movement,
  PADV2: movement,
  REVERSE_V2: movement,
  SLICE: movement,
  SPACE_TO_BATCH_ND: movement,
  SPACE_TO_DEPTH: movement,
  SPLIT: movement,
  SPLIT_V: movement,
  STRIDED_SLICE: movement,
  TILE: movement,
  TRANSPOSE: movement,
  UNPACK: movement,
};

export function isTrainable(type: OpType): boolean {
  return emitters[type] !== undefined || elementwiseFunctions[type] !== undefined;
}

/** @returns the value of any tensor that an op has written, by index: [samples, ...shape] */
export function forward(
  tf: Tf,
  graph: Graph,
  { weights, inputs, transform = (value) => value, normalize = (value) => value }: ForwardInputs,
): (tensorIndex: number) => T.Tensor {
  const samples = inputs[0]!.shape[0]!;
  const values = new Map<number, T.Tensor>();
  const put = (t: number, value: T.Tensor) => values.set(t, transform(value, t, tf));
  graph.inputs.forEach((t, i) => {
    put(t, inputs[i]!);
  });
  for (const [t, value] of weights) put(t, value);
  const operandOf = (t: number): T.Tensor | undefined => {
    const tensor = graph.tensors[t];
    const data = tensor?.data;
    return values.get(t) ?? (data instanceof Float32Array ? tf.tensor(data, [...tensor!.shape]) : undefined);
  };
  for (const op of graph.ops) {
    const emit = emitters[op.type] as Emit<OpType> | undefined;
    const operand = (i: number) => {
      const t = op.inputs[i] ?? -1;
      const value = operandOf(t);
      return value && !graph.tensors[t]!.data ? normalize(value, op) : value;
    };
    const site = { tf, graph, op: op as Op, samples, operand };
    const emitted = emit ? emit(site) : elementwise(tf, operand(0)!, op);
    [emitted].flat().forEach((value, i) => {
      const { shape } = outputTensor(graph, op as Op, i);
      put(op.outputs[i]!, tf.reshape(activated(tf, value, op), [samples, ...shape]));
    });
  }
  return (t) => values.get(t)!;
}

function activated(tf: Tf, value: T.Tensor, op: AnyOp): T.Tensor {
  const fused = (op.attributes as { activation?: FusedActivation }).activation ?? 'NONE';
  if (fused === 'RELU') return tf.relu(value);
  if (fused === 'RELU6') return tf.relu6(value);
  const { min, max } = calculateActivationRange(fused);
  return max < float32Max ? tf.clipByValue(value, min, max) : value;
}

/** Images of all samples, and of all of the graph's own batch, one after the other. */
function images(x: T.Tensor): T.Tensor4D {
  const [height, width, channels] = x.shape.slice(-3) as [number, number, number];
  return x.reshape([-1, height, width, channels]);
}

function windowed<Type extends 'CONV_2D' | 'DEPTHWISE_CONV_2D'>(
  { tf, op, operand }: Site<Type>,
  convolve: typeof conv2d,
): T.Tensor {
  const x = convolve(tf, images(operand(0)!), operand(1) as T.Tensor4D, op.attributes);
  return biased(tf, x, operand(2));
}

function transposeConv({ tf, graph, op, operand }: Site<'TRANSPOSE_CONV'>): T.Tensor {
  const parameters = transposeConvParameters(op, graph);
  const x = transposeConv2d(tf, images(operand(2)!), operand(1) as T.Tensor4D, parameters);
  return biased(tf, x, operand(3));
}

/** TensorFlow.js's own gradient of operands that are repeated is not summed up. */
function batchMatmul(site: Site<'BATCH_MATMUL'>): T.Tensor {
  const { tf, graph, op, samples } = site;
  const { shape } = outputTensor(graph, op);
  const matrices = (i: number) => {
    const own = inputTensor(graph, op, i).shape;
    const [rows, columns] = own.slice(-2) as [number, number];
    const batch = [samples, ...new Array<number>(shape.length - own.length).fill(1), ...own.slice(0, -2)];
    const flat = tf.reshape(ofEverySample(site, i), [...batch, rows * columns]);
    const repeated = tf.mul(flat, tf.ones([samples, ...shape.slice(0, -2), 1]));
    return tf.reshape(repeated, [-1, rows, columns]);
  };
  return tf.matMul(matrices(0), matrices(1), op.attributes.adjX, op.attributes.adjY);
}

function fullyConnected({ tf, operand }: Site<'FULLY_CONNECTED'>): T.Tensor {
  const weights = operand(1)!;
  const [outputs, inputs] = weights.shape.slice(-2) as [number, number];
  const matrix = tf.reshape(weights, [outputs, inputs]) as T.Tensor2D;
  const rows = tf.reshape(operand(0)!, [-1, inputs]) as T.Tensor2D;
  return biased(tf, timesTransposed(tf, rows, matrix), operand(2));
}

/** x · wᵀ; transposing apart is several times faster than the backend's products of transposed matrices. */
function timesTransposed(tf: Tf, x: T.Tensor2D, w: T.Tensor2D): T.Tensor {
  const multiply = tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [T.Tensor2D, T.Tensor2D, T.GradSaveFunc];
    save([a, b]);
    const gradFunc = (dy: T.Tensor, saved: T.Tensor[]) => {
      const [rows, matrix] = saved as [T.Tensor2D, T.Tensor2D];
      return [tf.matMul(dy as T.Tensor2D, matrix), tf.matMul(tf.transpose(dy as T.Tensor2D), rows)];
    };
    return { value: tf.transpose(tf.matMul(b, tf.transpose(a))), gradFunc };
  });
  return multiply(x, w);
}

/** The bias's gradient as a matrix product: the fastest sum that the backend has. */
function biased(tf: Tf, x: T.Tensor, bias: T.Tensor | undefined): T.Tensor {
  if (!bias) return x;
  const add = tf.customGrad((...args) => {
    const [value, addend] = args as [T.Tensor, T.Tensor];
    const gradFunc = (dy: T.Tensor) => {
      const rows = tf.reshape(dy, [-1, bias.size]) as T.Tensor2D;
      const sums = tf.matMul(tf.ones([1, rows.shape[0]]) as T.Tensor2D, rows);
      return [dy, tf.reshape(sums, bias.shape)];
    };
    return { value: tf.add(value, tf.reshape(addend, [bias.size])), gradFunc };
  });
  return add(x, bias);
}

/** As two terms: slopes that are repeated have a gradient in products alone. */
function prelu(tf: Tf, x: T.Tensor, alpha: T.Tensor): T.Tensor {
  return tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x))));
}

/** Operands of fewer dimensions get leading ones, behind the samples. */
function binary(
  {
    tf,
    graph,
    op,
    operand,
  }: Site<'ADD' | 'MUL' | 'SUB' | 'PRELU' | 'DIV' | 'MAXIMUM' | 'MINIMUM' | 'SQUARED_DIFFERENCE'>,
  compute: (a: T.Tensor, b: T.Tensor) => T.Tensor,
): T.Tensor {
  const rank = outputTensor(graph, op).shape.length;
  const aligned = (i: number) => {
    const { shape, data } = inputTensor(graph, op, i);
    const value = operand(i)!;
    if (data || shape.length === rank) return value;
    const ones = new Array<number>(rank - shape.length).fill(1);
    return tf.reshape(value, [value.shape[0]!, ...ones, ...shape]);
  };
  return compute(aligned(0), aligned(1));
}

function concatenation(site: Site<'CONCATENATION'>): T.Tensor {
  const { tf, graph, op } = site;
  const parts = op.inputs.map((_, i) => ofEverySample(site, i));
  return tf.concat(parts, concatenationAxis(op, graph)! + 1);
}

/** Constants are repeated for every sample by a matrix product: TensorFlow.js repeats few dimensions with a gradient. */
function ofEverySample<Type extends OpType>(site: Site<Type>, i: number): T.Tensor {
  const { tf, graph, op, operand, samples } = site;
  const { shape, data } = inputTensor(graph, op, i);
  const value = operand(i)!;
  if (!data) return value;
  const repeated = tf.matMul(tf.ones([samples, 1]) as T.Tensor2D, value.reshape([1, -1]) as T.Tensor2D);
  return tf.reshape(repeated, [samples, ...shape]);
}

function movement<Type extends OpType>(site: Site<Type>): T.Tensor[] {
  const { tf, graph, op, samples } = site;
  const first = [...op.inputs.keys()].filter((i) => op.inputs.indexOf(op.inputs[i]!) === i);
  const float = first.filter((i) => inputTensor(graph, op, i).dtype === 'float32');
  const inputs = float.map((i) => ofEverySample(site, i).reshape([samples, -1]) as T.Tensor2D);
  return moved(tf, op as unknown as AnyOp, graph, inputs);
}

function pooled<Type extends 'MAX_POOL_2D' | 'AVERAGE_POOL_2D'>(
  { tf, op, operand }: Site<Type>,
  pool: typeof maxPool,
): T.Tensor {
  return pool(tf, images(operand(0)!), op.attributes);
}

function reduction(
  { graph, op, operand }: Site<'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN'>,
  reduce: (x: T.Tensor, axes: number[]) => T.Tensor,
): T.Tensor {
  const rank = inputTensor(graph, op).shape.length;
  const axes = [...(inputTensor(graph, op, 1).data as Int32Array)].map((axis) => ((axis + rank) % rank) + 1);
  const x = operand(0)!;
  return rank === 0 || axes.length === 0 ? x : reduce(x, [...new Set(axes)]);
}

function pad({ tf, graph, op, operand }: Site<'PAD'>): T.Tensor {
  const by = inputTensor(graph, op, 1).data as Int32Array;
  const pairs = Array.from({ length: by.length / 2 }, (_, i): [number, number] => [
    by[2 * i]!,
    by[2 * i + 1]!,
  ]);
  return tf.pad(operand(0)!, [[0, 0], ...pairs]);
}
