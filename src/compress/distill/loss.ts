/** What a student is to learn: the teacher's answers, softened, and the labels (Hinton et al. 2015, arXiv:1503.02531). */
import type * as T from '@tensorflow/tfjs';
import type { CustomLoss } from '../../train/loss.js';
import { layerLoss } from './layer_losses.js';
import type { MatchedLayers } from './layers.js';
import type { Teacher } from './teacher.js';

export interface Mixing {
  /** Divides the logits of both: the higher, the more the teacher's small probabilities tell. */
  readonly temperature: number;
  /** Share of the teacher in the loss; the labels have the rest. */
  readonly alpha: number;
}

/**
 * α · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − α) · cross-entropy of the labels + Σ weight · loss of the
 * layers. T² keeps the size of the gradients alike at every temperature.
 *
 * @param layers as the teacher answers them
 */
export function distillationLoss(
  { temperature, alpha }: Mixing,
  teacher: Teacher,
  layers: readonly MatchedLayers[] = [],
): CustomLoss {
  return ({ logits, batch, value }, tf) => {
    const terms: T.Tensor[] = [];
    if (alpha < 1) {
      const labels = tf.oneHot(tf.tensor1d(batch.labels!, 'int32'), logits.shape[1]);
      terms.push(tf.mul(tf.losses.softmaxCrossEntropy(labels, logits), 1 - alpha));
    }
    if (alpha > 0 || layers.length > 0) {
      const answers = teacher(batch, tf);
      if (alpha > 0) {
        const wanted = tf.logSoftmax(tf.div(answers.logits, temperature));
        const found = tf.logSoftmax(tf.div(logits, temperature));
        const divergence = tf.mean(tf.sum(tf.mul(tf.exp(wanted), tf.sub(wanted, found)), 1));
        terms.push(tf.mul(divergence, alpha * temperature ** 2));
      }
      layers.forEach(({ loss, weight, student }, i) => {
        terms.push(tf.mul(layerLoss(tf, loss, answers.features[i]!, value(student)), weight));
      });
    }
    return terms.reduce((sum, term) => tf.add(sum, term));
  };
}
