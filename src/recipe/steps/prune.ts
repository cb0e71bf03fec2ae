/** Takes channels out of the model, or sets its smallest weights to 0. */
import { applyMasks, sparsityOf } from '../../compress/prune/apply_masks.js';
import { magnitudeMasks } from '../../compress/prune/masks.js';
import { pruneGradually } from '../../compress/prune/prune_gradually.js';
import { pruneInRounds } from '../../compress/prune/prune_in_rounds.js';
import { pruneStructured } from '../../compress/prune/structured.js';
import { type SparsePenalty, trainSparse } from '../../compress/prune/train_sparse.js';
import { quantize } from '../../compress/quantize/quantize.js';
import type { Graph } from '../../graph/graph.js';
import { fewOf, goalOnDevice } from '../../prune_goal.js';
import type { EpochMetrics } from '../../train/options.js';
import { type Trained, train } from '../../train/train.js';
import type { PruneStep } from './prune_fields.js';
import { type GoalKey, goalOf, goalsOf, patternOf } from './prune_method.js';
import type { StepContext, StepResult } from './step.js';
import { trainingOptions } from './training.js';

export async function runPrune(graph: Graph, step: PruneStep, context: StepContext): Promise<StepResult> {
  const sparse = await sparsified(graph, step, context);
  const start = sparse?.graph ?? graph;
  const [goal] = goalsOf(step);
  const pruned = goal
    ? await pruneChannels(start, step, goal, context)
    : await pruneWeights(start, step, context);
  const history = [...(sparse?.history ?? []), ...(pruned.outcome.history ?? [])];
  return { graph: pruned.graph, outcome: { ...pruned.outcome, ...(history.length > 0 && { history }) } };
}

async function sparsified(graph: Graph, step: PruneStep, context: StepContext): Promise<Trained | undefined> {
  const { sparsify, lasso, groupLasso } = step;
  if (sparsify === undefined) return undefined;
  const penalty: SparsePenalty =
    lasso === undefined ? { kind: 'group-lasso', lambda: groupLasso! } : { kind: 'lasso', lambda: lasso };
  return trainSparse(
    graph,
    context.data.train!,
    penalty,
    fineTuning(graph, step, sparsify, context, 'sparsify'),
  );
}

/** What is left is trained as `crimp prune --finetune` does, with a rate that falls to 0. */
function fineTuning(graph: Graph, step: PruneStep, epochs: number, context: StepContext, phase: string) {
  const { learningRate, batchSize } = step;
  return trainingOptions(graph, { epochs, learningRate, batchSize, schedule: 'cosine' }, context, phase);
}

async function pruneChannels(
  graph: Graph,
  step: PruneStep,
  goal: GoalKey,
  context: StepContext,
): Promise<StepResult> {
  const { scope, importance, multipleOf, rounds = 1, finetune } = step;
  const { data, seed, signal, target } = context;
  const few = data.train && fewOf(data.train);
  // On the device a model is int8 in the end, so that is what counts as soon as it can be made.
  const asDeployed = (g: Graph) => (few ? quantize(g, few, { allowCollapse: true }).graph : g);
  const options = {
    ...{ scope, importance, seed, signal },
    keepMultipleOf: multipleOf,
    data: data.train,
    goal: goalOnDevice(goalOf(step, goal), target, asDeployed),
    onProgress: (done: number, total: number) => context.onProgress('prune', done, total),
  };
  if (rounds > 1) {
    const training = (round: number) => {
      const { masks: _, ...rest } = fineTuning(graph, step, finetune!, context, `round-${round}`);
      return rest;
    };
    const pruned = await pruneInRounds(graph, data.train!, { ...options, rounds, training });
    return { graph: pruned.graph, outcome: { history: pruned.history.flat(), structured: pruned.report } };
  }
  const pruned = await pruneStructured(graph, options);
  const trained = finetune === undefined ? undefined : await finetuned(pruned.graph, step, context);
  return {
    graph: trained?.graph ?? pruned.graph,
    outcome: { structured: pruned.report, ...historyOf(trained) },
  };
}

async function pruneWeights(graph: Graph, step: PruneStep, context: StepContext): Promise<StepResult> {
  const { sparsity, threshold, pattern, scope, schedule, finetune } = step;
  const wanted = {
    sparsity,
    threshold,
    scope,
    pattern: pattern === undefined ? undefined : patternOf(pattern),
  };
  if (schedule === 'cubic') {
    const { masks: _, ...training } = fineTuning(graph, step, finetune!, context, 'finetune');
    const pruned = await pruneGradually(graph, context.data.train!, wanted, training);
    return { graph: pruned.graph, outcome: { sparsity: sparsityOf(pruned.graph), ...historyOf(pruned) } };
  }
  const masked = applyMasks(graph, magnitudeMasks(graph, wanted));
  const trained =
    finetune === undefined ? undefined : await finetuned(masked, step, { ...context, keepZeros: true });
  const result = trained?.graph ?? masked;
  return { graph: result, outcome: { sparsity: sparsityOf(result), ...historyOf(trained) } };
}

function finetuned(graph: Graph, step: PruneStep, context: StepContext): Promise<Trained> {
  return train(graph, context.data.train!, fineTuning(graph, step, step.finetune!, context, 'finetune'));
}

function historyOf(trained: Trained | undefined): { history?: readonly EpochMetrics[] } {
  return trained ? { history: trained.history } : {};
}
