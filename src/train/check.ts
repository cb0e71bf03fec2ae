/** Whether a graph can be trained on these data as it is asked for; every reason why not. */
import type { Dataset } from '../data/index.js';
import { type Diagnostic, error } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { dataInput } from '../ops/registry.js';
import { checkAugment } from './augment.js';
import { isTrainable } from './forward.js';
import { outputSize } from './loss.js';
import type { Settings } from './options.js';
import type { Variable } from './variables.js';

export function checkTraining(
  graph: Graph,
  variables: readonly Variable[],
  data: Dataset,
  settings: Settings,
): Diagnostic[] {
  const graphProblems = checkGraphTrains(graph, variables);
  if (graphProblems.length > 0) return graphProblems;
  const held = typeof settings.validation === 'object' ? settings.validation : undefined;
  return [
    ...checkSettings(settings, data),
    ...checkMasks(variables, settings.masks),
    ...(settings.augment ? checkAugment(graph, settings.augment) : []),
    ...checkData(graph, data, settings, 'the data'),
    ...(held ? checkData(graph, held, settings, 'the validation data') : []),
  ];
}

/** That TensorFlow.js can compute the graph: float32 operators, each fed by something that a sample decides. */
export function checkComputable(graph: Graph): Diagnostic[] {
  return graph.ops.flatMap((op, index) => {
    const where = { op: { index, type: op.type, name: op.name } };
    const problem = opProblem(graph, op);
    return problem ? [error('cannot-train', problem.message, problem.hint, where)] : [];
  });
}

/** Any of their inputs may be a constant, so long as another is not. */
const joining: ReadonlySet<string> = new Set(['ADD', 'BATCH_MATMUL', 'CONCATENATION', 'MUL', 'PACK', 'SUB']);

function opProblem(graph: Graph, op: AnyOp): { message: string; hint: string } | undefined {
  const constant = (t: number) => graph.tensors[t]?.data !== undefined;
  const float = [dataInput(op), ...op.outputs].every((t) => graph.tensors[t]?.dtype === 'float32');
  if (!isTrainable(op.type)) {
    return {
      message: `${op.type} has no gradient here`,
      hint: 'Replace the layer, or cut the model before it.',
    };
  }
  if (!float) {
    return { message: 'does not compute in float32', hint: 'Train the float model, then quantize it.' };
  }
  const fixed = joining.has(op.type) ? op.inputs.every(constant) : constant(dataInput(op));
  if (fixed) {
    return { message: 'computes a constant', hint: 'Export the model with constants folded.' };
  }
  return undefined;
}

function checkGraphTrains(graph: Graph, variables: readonly Variable[]): Diagnostic[] {
  const problems = checkComputable(graph);
  const written = graph.ops.some((op) => op.outputs.includes(graph.outputs[0]!));
  if (problems.length === 0 && (variables.length === 0 || !written)) {
    const hint = 'Give a float model with CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED layers.';
    problems.push(
      error('cannot-train', `${graph.name} has no float weights that its output depends on`, hint),
    );
  }
  return problems;
}

function checkSettings(settings: Settings, data: Dataset): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const wanted = (holds: boolean, what: string, value: unknown, range: string) => {
    if (!holds) problems.push(error('train-option', `${what} is ${value}`, `Give ${range}.`));
  };
  const { epochs, batchSize, learningRate, momentum, weightDecay, seed, schedule, validation } = settings;
  const { optimizer, loss, earlyStopping } = settings;
  wanted(Number.isInteger(epochs) && epochs > 0, 'the number of epochs', epochs, 'a positive integer');
  wanted(Number.isInteger(batchSize) && batchSize > 0, 'the batch size', batchSize, 'a positive integer');
  wanted(optimizer === 'sgd' || optimizer === 'adam', 'the optimizer', optimizer, 'sgd or adam');
  wanted(
    loss === 'cross-entropy' || loss === 'mse' || typeof loss === 'function',
    'the loss',
    loss,
    'cross-entropy, mse or a function',
  );
  wanted(learningRate > 0 && learningRate < Infinity, 'the learning rate', learningRate, 'a positive number');
  wanted(momentum >= 0 && momentum < 1, 'the momentum', momentum, 'a number from 0 up to, but not, 1');
  wanted(weightDecay >= 0 && weightDecay < Infinity, 'the weight decay', weightDecay, 'a number from 0 up');
  wanted(Number.isInteger(seed), 'the seed', seed, 'an integer');
  if (typeof schedule === 'object') {
    const { step, factor = 0.1 } = schedule;
    wanted(
      Number.isInteger(step) && step > 0,
      'the step of the schedule',
      step,
      'a positive number of epochs',
    );
    wanted(factor > 0 && factor <= 1, 'the factor of the schedule', factor, 'a number above 0, at most 1');
  } else {
    wanted(
      schedule === 'constant' || schedule === 'cosine',
      'the schedule',
      schedule,
      'constant, cosine or a step',
    );
  }
  if (typeof validation === 'number') {
    wanted(
      validation > 0 && validation < 1,
      'the share of the validation data',
      validation,
      'a number in 0 … 1',
    );
    wanted(data.count > 1, 'the number of samples to split', data.count, 'at least two');
  }
  if (settings.resume && !settings.checkpoint) {
    problems.push(error('train-option', 'there is no checkpoint to resume from', 'Name its file.'));
  }
  if (earlyStopping) {
    const { patience, minDelta = 0 } = earlyStopping;
    wanted(
      Number.isInteger(patience) && patience > 0,
      'the patience',
      patience,
      'a positive number of epochs',
    );
    wanted(minDelta >= 0, 'the least improvement', minDelta, 'a number from 0 up');
    if (validation === undefined) {
      const hint = 'Hold some samples out for validation.';
      problems.push(error('train-option', 'early stopping has no validation data to watch', hint));
    }
  }
  return problems;
}

function checkMasks(variables: readonly Variable[], masks: Settings['masks']): Diagnostic[] {
  if (!masks || 'at' in masks) return [];
  return [...masks].flatMap(([tensor, mask]) => {
    const variable = variables.find((v) => v.tensor === tensor);
    const hint = 'Make masks for the graph that is trained.';
    if (!variable)
      return [error('train-option', `a mask is for tensor ${tensor}, which is not trained`, hint)];
    const size = elementCount(variable.shape);
    if (mask.length === size) return [];
    const where = { tensor: { index: tensor, name: variable.name } };
    return [error('train-option', `has ${size} values, and its mask ${mask.length}`, hint, where)];
  });
}

/** @param what the data are called in a message */
export function checkInputs(graph: Graph, data: Dataset, what: string): Diagnostic[] {
  if (data.count === 0) {
    return [error('data-shape', `${what} hold no samples`, 'Put at least one in.')];
  }
  const wanted = graph.inputs.map((t) => data.count * elementCount(graph.tensors[t]!.shape));
  const given = data.inputs.map((values) => values.length);
  if (wanted.join() === given.join()) return [];
  const shapes = graph.inputs.map((t) => `[${graph.tensors[t]!.shape}]`).join(' and ');
  const message = `${what} hold ${given.join(' and ')} values; ${data.count} samples of ${shapes} are ${wanted.join(' and ')}`;
  return [error('data-shape', message, 'Give samples in the layout of the model.')];
}

function checkData(graph: Graph, data: Dataset, { loss }: Settings, what: string): Diagnostic[] {
  const problems = checkInputs(graph, data, what);
  if (problems.length > 0 || typeof loss === 'function') return problems;
  if (loss === 'mse' && data.targets) return checkTargets(graph, data, what);
  const { labels, count } = data;
  if (!labels) {
    if (data.targets) {
      const hint = 'Give one whole number from 0 up a sample, or train with the loss mse.';
      return [error('data-labels', `${what} hold targets that are no class labels`, hint)];
    }
    const hint = `Save the ${loss === 'mse' ? 'targets' : 'labels'} as "y" beside the samples "x" in an .npz.`;
    return [error('data-labels', `${what} hold no labels`, hint)];
  }
  if (labels.length !== count) {
    const message = `${what} hold ${count} samples and ${labels.length} labels`;
    return [error('data-labels', message, 'Give one label a sample.')];
  }
  const classes = outputSize(graph);
  if (loss === 'mse' && classes === 1) return [];
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong < 0) return [];
  const message = `the label of sample ${wrong} of ${what} is ${labels[wrong]}, and the model has ${classes} outputs`;
  return [error('data-labels', message, `Use whole numbers from 0 to ${classes - 1}.`)];
}

function checkTargets(graph: Graph, { count, targets }: Dataset, what: string): Diagnostic[] {
  const size = outputSize(graph);
  if (targets!.length !== count * size) {
    const message = `${what} hold ${targets!.length} target values; ${count} samples of ${size} outputs are ${count * size}`;
    return [error('data-labels', message, 'Give one value for each output of each sample.')];
  }
  const wrong = targets!.findIndex((v) => !Number.isFinite(v));
  if (wrong < 0) return [];
  const message = `a target of sample ${Math.floor(wrong / size)} of ${what} is ${targets![wrong]}`;
  return [error('data-labels', message, 'Clean the data.')];
}
