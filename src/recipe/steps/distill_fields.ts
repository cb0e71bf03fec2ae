/** A step in which the model learns from a teacher; under the names of `crimp distill`. */
import { z } from 'zod';
import { defaultMixing } from '../../compress/distill/lesson.js';
import { file, flag, positive, share } from '../fields.js';
import { trainingFields } from '../training_fields.js';

/** Who teaches, here and in quantization-aware training. */
export const teacher = z
  .union([
    z.literal('original'),
    z.strictObject({ step: z.int().min(0).describe('a step before, from 0') }),
    z.string().min(1),
  ])
  .describe(
    '"original" for the model the recipe begins with, { "step": 1 } for that behind a step, or a path',
  );

export const distillStep = z.strictObject({
  step: z.literal('distill'),
  teacher: teacher.default('original'),
  student: file('a float model to go on with, in place of the one so far').optional(),
  shrink: z
    .number()
    .gt(0)
    .lt(1)
    .describe('share of each layer’s channels that the student keeps: above 0, below 1')
    .optional(),
  macs: positive('MACs that the student keeps: up to 1 a share of what it had, else an amount').optional(),
  fresh: flag('the student begins with weights drawn by the seed').default(false),
  ...trainingFields,
  temperature: positive('softens the answers of both').default(defaultMixing.temperature),
  layers: z
    .array(
      z.strictObject({
        teacher: z.string().min(1).describe('the name of a layer of the teacher'),
        student: z.string().min(1).describe('the name of a layer of the student'),
        weight: positive('of the pair’s loss').optional(),
      }),
    )
    .describe('layers that are to be alike, by name: [{ "teacher": "conv1", "student": "conv1" }]')
    .optional(),
  alpha: share('share of the teacher in the loss').default(defaultMixing.alpha),
});

export type DistillStep = z.output<typeof distillStep>;
