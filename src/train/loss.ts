/** What is minimized: cross-entropy, mean squared error, or whatever a program hands in. */
import type * as T from '@tensorflow/tfjs';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import type { Batch } from './batches.js';
import { forward, type Normalize, type Transform } from './forward.js';
import type { Tf } from './tensorflow.js';

export interface LossInput {
  /** The values of any tensor that an op of the graph has written, by index: [samples, ...shape]. */
  value(tensorIndex: number): T.Tensor;
  /** The first output before the softmax that it ends in, if any: [samples, classes]. */
  readonly logits: T.Tensor2D;
  readonly batch: Batch;
}

/** A scalar, the mean over the batch. */
export type CustomLoss = (input: LossInput, tf: Tf) => T.Tensor;
export type Loss = 'cross-entropy' | 'mse' | CustomLoss;

/** A scalar that is added to the loss while training; @param weights by tensor index, in the tensors' own shapes */
export type Penalty = (weights: ReadonlyMap<number, T.Tensor>, tf: Tf) => T.Tensor;

/** Where the logits are: the input of the SOFTMAX that writes the first output, else that output. */
export function logitsOf(graph: Graph): { readonly tensor: number; readonly beta: number } {
  const output = graph.outputs[0]!;
  const last = graph.ops.find((op) => op.outputs.includes(output));
  return last?.type === 'SOFTMAX'
    ? { tensor: last.inputs[0]!, beta: last.attributes.beta }
    : { tensor: output, beta: 1 };
}

/** Elements of one sample of the first output. */
export function outputSize(graph: Graph): number {
  return elementCount(graph.tensors[graph.outputs[0]!]!.shape);
}

export interface Measured {
  readonly loss: T.Tensor;
  /** Samples whose largest logit is the label's; undefined without labels or classes. */
  readonly right?: number;
}

/** Runs the batch forward. Call it inside tf.tidy. */
export function measure(
  tf: Tf,
  graph: Graph,
  weights: ReadonlyMap<number, T.Tensor>,
  batch: Batch,
  loss: Loss,
  transform?: Transform,
  normalize?: Normalize,
): Measured {
  const inputs = batch.inputs.map((data, i) =>
    tf.tensor(data, [batch.count, ...graph.tensors[graph.inputs[i]!]!.shape]),
  );
  const value = forward(tf, graph, { weights, inputs, transform, normalize });
  const { tensor, beta } = logitsOf(graph);
  const logits = tf.reshape(tf.mul(value(tensor), beta), [batch.count, outputSize(graph)]) as T.Tensor2D;
  return {
    loss: scalarOf(tf, graph, loss, { value, logits, batch }),
    right: batch.labels && logits.shape[1] > 1 ? matches(logits.dataSync(), batch.labels) : undefined,
  };
}

function scalarOf(tf: Tf, graph: Graph, loss: Loss, input: LossInput): T.Tensor {
  if (typeof loss === 'function') return loss(input, tf);
  const { value, logits, batch } = input;
  const classes = logits.shape[1];
  const oneHot = () => tf.oneHot(tf.tensor1d(batch.labels!, 'int32'), classes);
  if (loss === 'cross-entropy') return tf.losses.softmaxCrossEntropy(oneHot(), logits);
  const wanted = batch.targets ?? (classes === 1 ? Float32Array.from(batch.labels!) : undefined);
  const target = wanted ? tf.tensor2d(wanted, [batch.count, classes]) : oneHot();
  const output = tf.reshape(value(graph.outputs[0]!), [batch.count, classes]);
  return tf.mean(tf.square(tf.sub(output, target)));
}

/** The first of equals wins, as everywhere. */
function matches(logits: ArrayLike<number>, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let right = 0;
  labels.forEach((label, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[i * classes + c]! > logits[i * classes + best]!) best = c;
    if (best === label) right++;
  });
  return right;
}
