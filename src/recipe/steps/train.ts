/** Trains the model. */
import type { Graph } from '../../graph/graph.js';
import { initialize } from '../../train/initialize.js';
import { train } from '../../train/train.js';
import type { StepContext, StepResult } from './step.js';
import type { TrainStep } from './train_fields.js';
import { trainingOptions } from './training.js';

export async function runTrain(
  graph: Graph,
  { step: _, seed: __, fresh, keepZeros, ...fields }: TrainStep,
  context: StepContext,
): Promise<StepResult> {
  const start = fresh ? initialize(graph, context.seed) : graph;
  const masked = { ...context, keepZeros: !fresh && (keepZeros || context.keepZeros) };
  const trained = await train(start, context.data.train!, trainingOptions(start, fields, masked, 'train'));
  const { history, epoch } = trained;
  return { graph: trained.graph, outcome: { history, epoch } };
}
