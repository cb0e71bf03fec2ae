/** A step that prunes channels or weights; under the names of `crimp prune`. */
import { z } from 'zod';
import { choice, fromZero, positive, shareBelowOne, whole } from '../fields.js';
import { seed } from '../training_fields.js';

const limit = (what: string) =>
  positive(`${what}: up to 1 a share of what it was, else an amount`).optional();

export const pruneStep = z.strictObject({
  step: z.literal('prune'),
  macs: limit('MACs to leave'),
  params: limit('weights and biases to leave'),
  weights: limit('bytes of constants on the device to leave'),
  arena: limit('bytes of its RAM to leave'),
  flash: limit('bytes of the whole firmware to leave'),
  cycles: limit('cycles on the virtual board to leave'),
  sparsity: shareBelowOne('share of all weights that become 0').optional(),
  threshold: fromZero('weights of a magnitude below it become 0').optional(),
  pattern: z
    .string()
    .regex(/^[1-9]\d*[:x][1-9]\d*$/)
    .describe('of M weights in a row N stay: "2:4"; or blocks of outputs × inputs: "4x1"')
    .optional(),
  scope: choice('layers compete, or each gives the same share', ['global', 'layer']).optional(),
  schedule: choice('weights go at once, or more and more while fine-tuning', [
    'one-shot',
    'cubic',
  ]).optional(),
  importance: choice('what ranks channels', ['l1', 'l2', 'taylor']).optional(),
  multipleOf: whole('widths of layers become multiples of it').optional(),
  rounds: whole('steps in which channels go, each ranked anew and fine-tuned').optional(),
  sparsify: whole('epochs of training with a penalty, before').optional(),
  lasso: positive('the λ of that penalty on single weights').optional(),
  groupLasso: positive('the λ of that penalty on channels').optional(),
  finetune: whole('epochs of training on what is left').optional(),
  learningRate: positive('the learning rate of its trainings, at their start').optional(),
  batchSize: whole('samples a step of its trainings').optional(),
  seed,
});

export type PruneStep = z.output<typeof pruneStep>;
