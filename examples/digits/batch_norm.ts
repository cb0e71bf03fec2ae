/** Batch normalization over the last axis, with a gradient in closed form: several times faster than the composed one. */
import * as tf from '@tensorflow/tfjs';

export interface BatchNorm {
  readonly gamma: tf.Variable;
  readonly beta: tf.Variable;
  /** Running moments, for inference. */
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
}

export const epsilon = 1e-3;
const momentum = 0.97;

export function createBatchNorm(channels: number): BatchNorm {
  return {
    gamma: tf.variable(tf.ones([channels])),
    beta: tf.variable(tf.zeros([channels])),
    mean: tf.variable(tf.zeros([channels]), false),
    variance: tf.variable(tf.ones([channels]), false),
  };
}

/** In training the batch's own moments normalize and are remembered; else the remembered ones do. */
export function normalize(x: tf.Tensor4D, bn: BatchNorm, training: boolean): tf.Tensor4D {
  const rows = tf.reshape(x, [-1, x.shape[3]]) as tf.Tensor2D;
  if (!training) return tf.reshape(standardize(rows, bn.mean, bn.variance, bn.gamma, bn.beta).y, x.shape);
  remember(rows, bn);
  return tf.reshape(normalizeRows(rows, bn.gamma, bn.beta), x.shape);
}

/** Mean over the rows as a matrix product: the fastest sum the backend has. [1, channels] */
function meanOf(rows: tf.Tensor): tf.Tensor {
  const n = rows.shape[0]!;
  return tf.matMul(tf.fill([1, n], 1 / n), rows as tf.Tensor2D);
}

function momentsOf(rows: tf.Tensor): { mean: tf.Tensor; variance: tf.Tensor } {
  const mean = meanOf(rows);
  return { mean, variance: meanOf(tf.square(tf.sub(rows, mean))) };
}

function standardize(
  rows: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
) {
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const unit = tf.mul(tf.sub(rows, mean), inverse);
  return { unit, inverse, y: tf.add(tf.mul(unit, gamma), beta) };
}

const normalizeRows = tf.customGrad((...args) => {
  const [rows, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  const { mean, variance } = momentsOf(rows);
  const { unit, inverse, y } = standardize(rows, mean, variance, gamma, beta);
  save([unit, inverse, gamma]);
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [unit, inverse, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const n = dy.shape[0]!;
    const meanDy = meanOf(dy);
    const meanDyUnit = meanOf(tf.mul(dy, unit));
    const dx = tf.mul(tf.mul(gamma, inverse), tf.sub(tf.sub(dy, meanDy), tf.mul(unit, meanDyUnit)));
    return [dx, tf.reshape(tf.mul(meanDyUnit, n), gamma.shape), tf.reshape(tf.mul(meanDy, n), gamma.shape)];
  };
  return { value: y, gradFunc };
});

function remember(rows: tf.Tensor, bn: BatchNorm): void {
  tf.tidy(() => {
    const { mean, variance } = momentsOf(rows);
    const blend = (old: tf.Variable, now: tf.Tensor) =>
      old.assign(tf.add(tf.mul(old, momentum), tf.mul(tf.reshape(now, old.shape), 1 - momentum)));
    blend(bn.mean, mean);
    blend(bn.variance, variance);
  });
}
