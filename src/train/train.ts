/** Trains the weights of a float32 graph with TensorFlow.js; what it computes is what the graph does. */
import type { Dataset } from '../data/index.js';
import { inputError, throwIfErrors } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import { augmented } from './augment.js';
import {
  average,
  type BatchNorm,
  batchNormsOf,
  checkBatchNorm,
  fold,
  momentsOf,
  normalizerOf,
  unfold,
} from './batch_norm.js';
import { orderOf, pick, piecesOf, splitOff } from './batches.js';
import { checkTraining } from './check.js';
import { fingerprintOf, readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.js';
import { differentiate, tensorsOf, weightsOf } from './gradients.js';
import { measure } from './loss.js';
import { createState, update } from './optimizer.js';
import {
  type EpochMetrics,
  type Settings,
  settingsOf,
  type TrainMasks,
  type TrainOptions,
} from './options.js';
import { learningRateAt } from './schedule.js';
import { loadTensorflow, type Tf } from './tensorflow.js';
import { type Variable, variablesOf, withConstants } from './variables.js';

export interface Trained {
  /** The graph with the trained weights; tensors keep their indices. */
  readonly graph: Graph;
  readonly history: readonly EpochMetrics[];
  /** The epoch, from 1, whose weights these are: the last one, or with early stopping the best. */
  readonly epoch: number;
}

/** All that stays as it is while a training runs. */
interface Run {
  readonly tf: Tf;
  readonly graph: Graph;
  readonly settings: Settings;
  readonly variables: readonly Variable[];
  /** That are trained as such: their γ and β are among the values in place of the graph's own factors. */
  readonly norms: readonly BatchNorm[];
  readonly data: Dataset;
  readonly validation?: Dataset;
  readonly stepsPerEpoch: number;
}

/**
 * @param graph checked by `checkGraph`
 * @throws CrimpError with every reason why it cannot begin (`cannot-train`, `train-option`, `data-shape`, `data-labels`,
 *   `checkpoint`), or `training-diverged` when the loss is no longer a number; the reason of `signal` when it is aborted
 */
export async function train(graph: Graph, dataset: Dataset, options: TrainOptions = {}): Promise<Trained> {
  const settings = settingsOf(options);
  const variables = variablesOf(graph);
  const norms = settings.batchNorm === 'batch' ? batchNormsOf(graph, variables) : [];
  throwIfErrors([...checkTraining(graph, variables, dataset, settings), ...checkBatchNorm(settings, norms)]);
  const tf = await loadTensorflow(settings.backend);
  const { data, validation } = partsOf(dataset, settings);
  const stepsPerEpoch = Math.ceil(data.count / settings.batchSize);
  const run = { tf, graph, settings, variables, norms, data, validation, stepsPerEpoch };
  const { checkpoint, resume, epochs } = settings;
  const fingerprint = checkpoint ? fingerprintOf(graph, dataset, settings, tf.getBackend()) : '';
  const state = (resume && checkpoint && readCheckpoint(checkpoint, fingerprint)) || initialState(run);
  while (state.history.length < epochs && !hasStopped(run, state.history)) {
    await trainEpoch(run, state);
    if (checkpoint) writeCheckpoint(checkpoint, fingerprint, state);
  }
  const values = settings.earlyStopping ? state.best : folded(run, state);
  return {
    graph: withConstants(graph, new Map(variables.map(({ tensor }, i) => [tensor, values[i]!]))),
    history: state.history,
    epoch: settings.earlyStopping ? bestOf(run, state.history) : state.history.length,
  };
}

function partsOf(dataset: Dataset, { validation, seed }: Settings): { data: Dataset; validation?: Dataset } {
  if (typeof validation !== 'number') return { data: dataset, validation };
  const { train: data, validation: held } = splitOff(dataset, validation, seed);
  return { data, validation: held };
}

function initialState({ tf, graph, variables, norms, settings, data }: Run): TrainingState {
  const values = variables.map(({ tensor }) => (graph.tensors[tensor]!.data as Float32Array).slice());
  const sizes = variables.map(({ shape }) => elementCount(shape));
  const moments = norms.length > 0 ? momentsOf(tf, graph, norms, data, settings.batchSize) : [];
  unfold(norms, values, moments);
  const running = moments.flatMap(({ mean, variance }) => [mean, variance]);
  const state = {
    values,
    masks: [],
    ...createState(settings, sizes),
    best: [],
    running,
    step: 0,
    history: [],
  };
  if (settings.masks && !('at' in settings.masks)) mask(variables, state, settings.masks);
  return state;
}

function runningOf({ norms }: Run, { running }: TrainingState) {
  return norms.map((_, n) => ({ mean: running[2 * n]!, variance: running[2 * n + 1]! }));
}

/** The variables as the graph has them. */
function folded(run: Run, state: TrainingState): readonly Float32Array[] {
  return fold(run.norms, state.values, runningOf(run, state));
}

/** From here on these weights are 0. */
function mask(variables: readonly Variable[], state: TrainingState, masks: TrainMasks): void {
  state.masks = variables.map(({ tensor }) => masks.get(tensor));
  state.masks.forEach((kept, i) => {
    kept?.forEach((keep, k) => {
      if (keep === 0) state.values[i]![k] = 0;
    });
  });
}

function valuesOf(variables: readonly Variable[], state: TrainingState): Map<number, Float32Array> {
  return new Map(variables.map(({ tensor }, i) => [tensor, state.values[i]!]));
}

async function trainEpoch(run: Run, state: TrainingState): Promise<void> {
  const { settings, data, stepsPerEpoch } = run;
  const { epochs, batchSize, seed, learningRate: peak, schedule, masks, onProgress, signal } = settings;
  const epoch = state.history.length;
  const rateAt = (b: number) => learningRateAt(schedule, peak, epoch + b / stepsPerEpoch, epochs);
  const sums = { samples: 0, loss: 0, right: undefined as number | undefined };
  for (const [b, indices] of piecesOf(orderOf(data.count, seed, epoch), batchSize).entries()) {
    // A turn for signals and timers.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    if (masks && 'at' in masks) {
      const now = masks.at(state.step, epochs * stepsPerEpoch, valuesOf(run.variables, state));
      if (now) mask(run.variables, state, now);
    }
    addTo(sums, indices.length, takeStep(run, state, indices, rateAt(b)));
    const { loss, accuracy } = means(sums);
    onProgress?.({ epoch: epoch + 1, step: state.step, steps: epochs * stepsPerEpoch, loss, accuracy });
  }
  if (state.values.some((values) => values.some((v) => !Number.isFinite(v))))
    throw diverged(epoch, state.step);
  const validation = run.validation ? await evaluate(run, state) : null;
  const metrics = { epoch: epoch + 1, learningRate: rateAt(0), ...means(sums), validation };
  const before = bestOf(run, state.history);
  state.history = [...state.history, metrics];
  if (settings.earlyStopping && bestOf(run, state.history) !== before) {
    state.best = folded(run, state).map((values) => values.slice());
  }
}

interface Sums {
  samples: number;
  loss: number;
  right?: number;
}

function addTo(sums: Sums, samples: number, { loss, right }: { loss: number; right?: number }): void {
  sums.samples += samples;
  sums.loss += loss * samples;
  if (right !== undefined) sums.right = (sums.right ?? 0) + right;
}

function means({ samples, loss, right }: Sums): { loss: number; accuracy: number | null } {
  return { loss: loss / samples, accuracy: right === undefined ? null : right / samples };
}

/** One batch forward, backward, and into the weights. */
function takeStep(run: Run, state: TrainingState, indices: Int32Array, rate: number) {
  const { tf, graph, settings, variables } = run;
  const picked = pick(run.data, indices);
  const { augment, seed } = settings;
  const batch = augment ? augmented(graph, picked, augment, seed, state.step) : picked;
  const transform = settings.transform?.(batch, valuesOf(variables, state));
  const { loss, penalty } = settings;
  const point = { variables, values: state.values };
  const { normalize, moments } = normalizerOf(tf, run.norms);
  const derived = differentiate(tf, graph, point, batch, { loss, penalty, transform, normalize });
  if (!Number.isFinite(derived.penalized)) throw diverged(state.history.length, state.step + 1);
  average(runningOf(run, state), moments, batch.count / settings.batchSize);
  state.step++;
  variables.forEach(({ role }, i) => {
    const values = state.values[i]!;
    update(settings, state, i, state.step, {
      values,
      gradient: derived.gradients[i] ?? new Float32Array(values.length),
      rate,
      decay: role === 'weights' ? settings.weightDecay : 0,
      mask: state.masks[i],
    });
  });
  return derived;
}

async function evaluate(run: Run, state: TrainingState) {
  const { tf, graph, settings, variables, validation } = run;
  const values = folded(run, state);
  const byTensor = new Map(variables.map(({ tensor }, i) => [tensor, values[i]!]));
  const sums: Sums = { samples: 0, loss: 0 };
  const order = Int32Array.from({ length: validation!.count }, (_, i) => i);
  for (const indices of piecesOf(order, settings.batchSize)) {
    await new Promise((resolve) => setImmediate(resolve));
    settings.signal?.throwIfAborted();
    tf.tidy(() => {
      const weights = weightsOf(variables, tensorsOf(tf, variables, values));
      const batch = pick(validation!, indices);
      const transform = settings.transform?.(batch, byTensor);
      const { loss, right } = measure(tf, graph, weights, batch, settings.loss, transform);
      addTo(sums, indices.length, { loss: loss.dataSync()[0]!, right });
    });
  }
  return means(sums);
}

/** The epoch, from 1, whose validation loss none after it has improved by `minDelta`; 0 before the first that counts. */
function bestOf(run: Run, history: readonly EpochMetrics[]): number {
  const { minDelta = 0 } = run.settings.earlyStopping ?? {};
  let best = { epoch: 0, loss: Infinity };
  for (const { epoch, validation } of history.slice(epochsBeforeSettled(run))) {
    const loss = validation?.loss ?? Infinity;
    if (loss < best.loss - minDelta) best = { epoch, loss };
  }
  return best.epoch;
}

function hasStopped(run: Run, history: readonly EpochMetrics[]): boolean {
  const { earlyStopping } = run.settings;
  if (!earlyStopping) return false;
  const since = Math.max(bestOf(run, history), epochsBeforeSettled(run));
  return history.length - since >= earlyStopping.patience;
}

/** Epochs that end with masks that are not the last ones yet: their weights are no result, however good. */
function epochsBeforeSettled({ settings: { masks, epochs }, stepsPerEpoch }: Run): number {
  if (!masks || !('at' in masks)) return 0;
  return Math.floor((masks.settled?.(epochs * stepsPerEpoch) ?? 0) / stepsPerEpoch);
}

function diverged(epoch: number, step: number) {
  const message = `the loss is not a finite number any more at step ${step}, in epoch ${epoch + 1}`;
  const hint = 'Lower the learning rate, or scale the inputs to about −1 … 1.';
  return inputError('training-diverged', message, hint);
}
