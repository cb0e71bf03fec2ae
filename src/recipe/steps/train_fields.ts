/** A step that trains. */
import { z } from 'zod';
import type { CustomLoss, Penalty } from '../../train/loss.js';
import { code, flag } from '../fields.js';
import { trainingFields } from '../training_fields.js';

export const trainStep = z.strictObject({
  step: z.literal('train'),
  ...trainingFields,
  loss: z
    .union([z.enum(['cross-entropy', 'mse']), code<CustomLoss>()])
    .describe('what is minimized: cross-entropy, mse, or in TypeScript a function')
    .default('cross-entropy'),
  penalty: code<Penalty>().describe('added to the loss while training: a function').optional(),
  fresh: flag('begin with weights drawn by the seed').default(false),
  keepZeros: flag('weights that are 0 stay 0, as they do anyway behind a step that prunes weights').default(
    false,
  ),
});

export type TrainStep = z.output<typeof trainStep>;
