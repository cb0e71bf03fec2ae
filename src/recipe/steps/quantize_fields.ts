/** A step that quantizes; under the names of `crimp quantize`. */
import { z } from 'zod';
import { calibratorNames } from '../../compress/quantize/calibrators.js';
import { choice, flag, positive, share, whole } from '../fields.js';
import { seed, trainingFields } from '../training_fields.js';
import { teacher } from './distill_fields.js';

/** Fine-tuning of a trained model: short, with small steps that end in smaller ones. */
const qat = z
  .strictObject({
    ...trainingFields,
    epochs: trainingFields.epochs.removeDefault().default(4),
    learningRate: positive('the learning rate at its highest').default(1e-4),
    schedule: trainingFields.schedule.removeDefault().default('cosine'),
    teacher: teacher.optional(),
    temperature: positive('with a teacher: softens the answers of both').optional(),
    alpha: share('with a teacher: its share in the loss').optional(),
  })
  .omit({ seed: true, batchNorm: true })
  .describe('quantization-aware training: { "epochs": 4 }, with a "teacher" if there is one')
  .optional();

export const quantizeStep = z.strictObject({
  step: z.literal('quantize'),
  calibrator: choice('how activation ranges are chosen', calibratorNames).default('mse'),
  activations: choice('dtype of activations', ['int8', 'int16']).default('int8'),
  weights: choice('dtype of weights', ['int8', 'int4']).default('int8'),
  int4Sqnr: z.number().describe('layers whose int4 weights had fewer dB keep int8: a number').optional(),
  rounding: choice('how weights are rounded', ['nearest', 'data']).default('nearest'),
  clusters: z
    .int()
    .min(2)
    .max(256)
    .describe('distinct weights in a layer at most: a whole number from 2 to 256')
    .optional(),
  equalize: flag('equalize the channels of successive layers first').default(false),
  correctBias: flag('take each channel’s mean error on the data out of its bias').default(false),
  io: choice('dtype of inputs and outputs, where it is not that of activations', [
    'int8',
    'int16',
    'float',
  ]).optional(),
  integerOnly: flag('refuse layers that would stay in float for want of an integer kernel').default(false),
  streaming: flag('state carries over from sample to sample (by the model)').optional(),
  samples: whole('training samples to calibrate on, drawn by the seed (300)').optional(),
  allowCollapse: flag('go on even when accuracy or SQNR collapses').default(false),
  qat,
  seed,
});

export type QuantizeStep = z.output<typeof quantizeStep>;
