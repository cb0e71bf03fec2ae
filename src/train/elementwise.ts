/** Functions of one value, and what goes with them, as TensorFlow.js computes them with a gradient. */
import type * as T from '@tensorflow/tfjs';
import type { AnyOp, OpAttributes, OpType } from '../graph/graph.js';
import { l2NormalizationEpsilon } from '../ops/l2_normalization.js';
import type { Tf } from './tensorflow.js';

type Compute<Type extends OpType> = (tf: Tf, x: T.Tensor, attributes: OpAttributes[Type]) => T.Tensor;

/** By operator; CEIL, FLOOR and ROUND have no gradient to train by. */
export const elementwiseFunctions: { readonly [Type in OpType]?: Compute<Type> } = {
  ABS: (tf, x) => tf.abs(x),
  COS: (tf, x) => tf.cos(x),
  ELU: (tf, x) => tf.elu(x),
  EXP: (tf, x) => tf.exp(x),
  HARD_SWISH: (tf, x) => tf.div(tf.mul(x, tf.clipByValue(tf.add(x, 3), 0, 6)), 6),
  L2_NORMALIZATION: l2Normalization,
  LEAKY_RELU: (tf, x, { alpha }) => tf.leakyRelu(x, alpha),
  LOG: (tf, x) => tf.log(x),
  LOGISTIC: (tf, x) => tf.sigmoid(x),
  LOG_SOFTMAX: logSoftmax,
  NEG: (tf, x) => tf.neg(x),
  RELU_0_TO_1: (tf, x) => tf.clipByValue(x, 0, 1),
  RELU_N1_TO_1: (tf, x) => tf.clipByValue(x, -1, 1),
  RSQRT: (tf, x) => tf.rsqrt(x),
  SIN: (tf, x) => tf.sin(x),
  SQRT: (tf, x) => tf.sqrt(x),
  SQUARE: (tf, x) => tf.square(x),
  TANH: (tf, x) => tf.tanh(x),
};

/** Of an op that is among the functions. */
export function elementwise(tf: Tf, x: T.Tensor, op: AnyOp): T.Tensor {
  return (elementwiseFunctions[op.type] as Compute<OpType>)(tf, x, op.attributes);
}

/** Along the last axis; the WebAssembly backend repeats values over few dimensions only. */
function rowsOf(x: T.Tensor): T.Tensor {
  return x.reshape([-1, x.shape.at(-1)!]);
}

function logSoftmax(tf: Tf, x: T.Tensor): T.Tensor {
  const rows = rowsOf(x);
  return tf.sub(rows, tf.logSumExp(rows, -1, true));
}

/** The root of a sum that is never 0: its gradient there is infinite. */
function l2Normalization(tf: Tf, x: T.Tensor): T.Tensor {
  const rows = rowsOf(x);
  const squares = tf.sum(tf.square(rows), -1, true);
  return tf.div(rows, tf.sqrt(tf.maximum(squares, l2NormalizationEpsilon ** 2)));
}
