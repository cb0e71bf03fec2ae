/** What every step that trains can be told, under the names of TrainOptions; what stands where nothing is said is that of `train`. */
import { z } from 'zod';
import { settingsOf } from '../train/options.js';
import { choice, fromZero, integer, positive, shareBelowOne, whole } from './fields.js';

const standard = settingsOf({});

/** Its default is the recipe's. */
export const seed = integer('the order of samples').optional();

export const batchSize = whole('samples a step').default(standard.batchSize);

export const trainingFields = {
  epochs: whole('how often each sample is seen').default(standard.epochs),
  batchSize,
  optimizer: choice('what moves the weights', ['adam', 'sgd']).default(standard.optimizer),
  learningRate: positive('the learning rate at its highest (0.001 for adam, 0.01 for sgd)').optional(),
  momentum: shareBelowOne('the momentum of sgd').default(standard.momentum),
  schedule: z
    .union([
      z.enum(['constant', 'cosine']),
      z.strictObject({
        step: whole('epochs between two steps'),
        factor: z.number().gt(0).max(1).describe('what a step multiplies by: above 0, at most 1').optional(),
      }),
    ])
    .describe('how the learning rate goes: constant, cosine or { "step": 10, "factor": 0.1 }')
    .default('constant'),
  weightDecay: fromZero('share taken off weights a step of rate 1').default(standard.weightDecay),
  patience: whole('epochs without a better held-out loss before it stops').optional(),
  augment: z
    .strictObject({
      shift: z.int().min(0).describe('pixels by which images are moved at most: 0 or more').optional(),
      noise: fromZero('deviation of noise on the inputs').optional(),
      image: z
        .tuple([z.int().positive(), z.int().positive(), z.int().positive()])
        .describe('rows, columns and channels of images laid flat: [28, 28, 1]')
        .optional(),
    })
    .describe('samples changed at random each time they are seen: { "shift": 2, "noise": 0.1 }')
    .optional(),
  batchNorm: choice('how what is left of batch normalization is trained', ['frozen', 'batch']).default(
    standard.batchNorm,
  ),
  seed,
};
