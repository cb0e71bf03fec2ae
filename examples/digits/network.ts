/**
 * The digits network as it is trained: conv 3×3×8, pool, conv 3×3×16, pool, depthwise 3×3, pointwise 1×1×24,
 * dense 10; batch normalization and ReLU after every convolution.
 */
import * as tf from '@tensorflow/tfjs';
import { type BatchNorm, createBatchNorm, normalize } from './batch_norm.js';

export interface Block {
  /** HWIO, or HWI1 for the depthwise one. */
  readonly weights: tf.Variable;
  readonly norm: BatchNorm;
}

export interface Network {
  readonly conv1: Block;
  readonly conv2: Block;
  readonly depthwise: Block;
  readonly pointwise: Block;
  readonly dense: { readonly weights: tf.Variable; readonly bias: tf.Variable };
}

const channels = { conv1: 8, conv2: 16, pointwise: 24 };
export const classes = 10;
/** 28 after two poolings. */
const finalSide = 7;

/** He initialization from consecutive seeds. */
export function createNetwork(): Network {
  let seed = 100;
  const weights = (shape: number[], fanIn: number) =>
    tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn), 'float32', seed++));
  const block = (shape: number[], fanIn: number, out: number): Block => ({
    weights: weights(shape, fanIn),
    norm: createBatchNorm(out),
  });
  const { conv1, conv2, pointwise } = channels;
  const features = finalSide * finalSide * pointwise;
  return {
    conv1: block([3, 3, 1, conv1], 9, conv1),
    conv2: block([3, 3, conv1, conv2], 9 * conv1, conv2),
    depthwise: block([3, 3, conv2, 1], 9, conv2),
    pointwise: block([1, 1, conv2, pointwise], conv2, pointwise),
    dense: { weights: weights([features, classes], features), bias: tf.variable(tf.zeros([classes])) },
  };
}

export function trainable(net: Network): tf.Variable[] {
  return [net.conv1, net.conv2, net.depthwise, net.pointwise, net.dense].map((layer) => layer.weights);
}

/** Logits [n, 10] of x [n, 28, 28, 1] in 0…1. */
export function logits(net: Network, x: tf.Tensor4D, training: boolean): tf.Tensor2D {
  const conv = (t: tf.Tensor4D, { weights, norm }: Block) =>
    tf.relu(normalize(tf.conv2d(t, weights as tf.Tensor4D, 1, 'same'), norm, training));
  const pool = (t: tf.Tensor4D) => tf.maxPool(t, 2, 2, 'valid');
  const a = pool(conv(x, net.conv1));
  const b = pool(conv(a, net.conv2));
  const { weights, norm } = net.depthwise;
  const c = tf.relu(normalize(tf.depthwiseConv2d(b, weights as tf.Tensor4D, 1, 'same'), norm, training));
  const features = tf.reshape(conv(c, net.pointwise), [x.shape[0], -1]) as tf.Tensor2D;
  return tf.add(tf.matMul(features, net.dense.weights as tf.Tensor2D), net.dense.bias);
}
