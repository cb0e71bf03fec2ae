/** What a recipe may say. The schema for editors (schema/recipe.json) is made of this one. */
import { z } from 'zod';
import { defaultTarget } from '../../targets/index.js';
import { file, flag, integer } from './fields.js';
import { distillStep } from './steps/distill_fields.js';
import { pruneStep } from './steps/prune_fields.js';
import { quantizeStep } from './steps/quantize_fields.js';
import { trainStep } from './steps/train_fields.js';

export const stepSchema = z.discriminatedUnion('step', [trainStep, pruneStep, distillStep, quantizeStep]);

const planFields = {
  seed: integer('what decides order, split and choice of samples').default(1),
  target: z
    .string()
    .describe('the board whose flash, RAM and cycles are counted: a name as for --target')
    .default(defaultTarget.name),
  measure: flag('build firmware after each step and run it on the virtual board').default(false),
  steps: z.array(stepSchema).min(1).describe('what is done, in order: at least one step'),
};

const data = z
  .strictObject({
    train: file('samples to train and to calibrate on').optional(),
    validation: z
      .union([z.number().gt(0).lt(1), z.string().min(1)])
      .describe('held out from training: a share of the samples, or a file of their own')
      .optional(),
    test: file(
      'samples that only accuracy is counted on; where there are none, those of validation',
    ).optional(),
    labelColumn: z
      .string()
      .min(1)
      .describe('the column of the label in .csv files, as for --label-column')
      .optional(),
    normalize: z.string().min(1).describe('how values are normalized, as for --normalize').optional(),
  })
  .describe('data files: { "train": "train.npz", "test": "test.npz" }');

/** What is done to a model, whichever it is. */
export const planSchema = z.strictObject(planFields);

/** A plan with its files. */
export const recipeSchema = z.strictObject({
  $schema: z.string().describe('the schema of recipes, for editors').optional(),
  model: file('the float model to begin with'),
  data: data.default({}),
  output: file('the .tflite to write'),
  ...planFields,
});

/** As it is written: what has a default may be left away. */
export type Plan = z.input<typeof planSchema>;
export type Recipe = z.input<typeof recipeSchema>;
export type Step = z.input<typeof stepSchema>;

/** With every default in its place. */
export type ResolvedPlan = z.output<typeof planSchema>;
export type ResolvedRecipe = z.output<typeof recipeSchema>;
export type ResolvedStep = z.output<typeof stepSchema>;
