/** What a student is to learn: the teacher's answers, softened, and the labels (Hinton et al. 2015, arXiv:1503.02531). */
import type * as T from '@tensorflow/tfjs';
import type { CustomLoss } from '../../train/loss.js';

export interface Mixing {
  /** Divides the logits of both: the higher, the more the teacher's small probabilities tell. */
  readonly temperature: number;
  /** Share of the teacher in the loss; the labels have the rest. */
  readonly alpha: number;
}

/**
 * α · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − α) · cross-entropy of the labels. T² keeps the size of the
 * gradients alike at every temperature. The batch's targets are the teacher's logits.
 */
export function distillationLoss({ temperature, alpha }: Mixing): CustomLoss {
  return ({ logits, batch }, tf) => {
    const hard = (): T.Scalar => {
      const labels = tf.oneHot(tf.tensor1d(batch.labels!, 'int32'), logits.shape[1]);
      return tf.losses.softmaxCrossEntropy(labels, logits);
    };
    if (alpha === 0) return hard();
    const teacher = tf.logSoftmax(tf.div(tf.tensor2d(batch.targets!, logits.shape), temperature));
    const student = tf.logSoftmax(tf.div(logits, temperature));
    const divergence = tf.mean(tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)), 1));
    const soft = tf.mul<T.Scalar>(divergence, alpha * temperature ** 2);
    return alpha === 1 ? soft : tf.add<T.Scalar>(soft, tf.mul(hard(), 1 - alpha));
  };
}
