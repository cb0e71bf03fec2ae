/** How far a layer of the student is from one of the teacher: losses for features of any shapes. */
import type * as T from '@tensorflow/tfjs';
import { elementCount } from '../../graph/access.js';
import type { Tensor } from '../../graph/graph.js';
import { imageOf } from '../../ops/convolution.js';
import type { Tf } from '../../train/tensorflow.js';

/**
 * - features, of one shape: mean (student − teacher)² / mean teacher²
 * - attention, of images of one size, whatever their channels: squared distance of the maps Σ_channels x², each of norm 1
 *   (Zagoruyko and Komodakis 2017, arXiv:1612.03928)
 * - similarity, of any shapes: squared distance of the rows of x · xᵀ over the batch, each of norm 1, which says which
 *   samples are alike (Tung and Mori 2019, arXiv:1907.09682)
 *
 * Each is a mean over the samples and does not depend on the scale of the teacher's values.
 */
export type LayerLoss = 'features' | 'attention' | 'similarity';

export function layerLossFor(teacher: Tensor, student: Tensor): LayerLoss {
  const [a, b] = [imageOf(teacher), imageOf(student)];
  if (a && b) {
    if (a.batch !== b.batch || a.height !== b.height || a.width !== b.width) return 'similarity';
    return a.channels === b.channels ? 'features' : 'attention';
  }
  return elementCount(teacher.shape) === elementCount(student.shape) ? 'features' : 'similarity';
}

/** @param teacher [samples, ...shape] @param student [samples, ...shape] @returns a scalar */
export function layerLoss(tf: Tf, loss: LayerLoss, teacher: T.Tensor, student: T.Tensor): T.Tensor {
  if (loss === 'features') {
    const [t, s] = [flat(tf, teacher), flat(tf, student)];
    return tf.div(tf.mean(tf.square(tf.sub(s, t))), tf.add(tf.mean(tf.square(t)), tiny));
  }
  const rows = loss === 'attention' ? attention : similarity;
  const difference = tf.sub(rows(tf, student), rows(tf, teacher));
  return tf.mean(tf.sum(tf.square(difference), 1));
}

/** Keeps quotients finite where a layer is silent. */
const tiny = 1e-12;

function flat(tf: Tf, x: T.Tensor): T.Tensor2D {
  return tf.reshape(x, [x.shape[0]!, -1]) as T.Tensor2D;
}

function attention(tf: Tf, x: T.Tensor): T.Tensor2D {
  return unitRows(tf, flat(tf, tf.sum(tf.square(x), -1)));
}

function similarity(tf: Tf, x: T.Tensor): T.Tensor2D {
  const rows = flat(tf, x);
  return unitRows(tf, tf.matMul(rows, tf.transpose(rows)));
}

function unitRows(tf: Tf, rows: T.Tensor2D): T.Tensor2D {
  return tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), tiny)));
}
