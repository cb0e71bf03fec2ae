/** A float model file → a pruned .tflite or .onnx, with its accuracy and what it takes of a device before and after. */

import { defaultTarget, findTarget } from '../targets/index.js';
import { accuracyOn } from './compress/accuracy_on.js';
import { applyMasks, type LayerSparsity, sparsityOf } from './compress/prune/apply_masks.js';
import { floatOnly } from './compress/prune/float_only.js';
import { type MaskOptions, magnitudeMasks } from './compress/prune/masks.js';
import { pruneGradually } from './compress/prune/prune_gradually.js';
import { pruneInRounds } from './compress/prune/prune_in_rounds.js';
import type { PruningSchedule } from './compress/prune/schedule.js';
import {
  type Change,
  type Goal,
  type Limit,
  pruneStructured,
  type StructuredOptions,
  type StructuredReport,
} from './compress/prune/structured.js';
import { type SparsePenalty, trainSparse } from './compress/prune/train_sparse.js';
import { quantize } from './compress/quantize/quantize.js';
import { type Dataset, prepareDataset, type ReadOptions } from './data/index.js';
import { type Diagnostic, error, inputError, throwIfErrors } from './diagnostics.js';
import { asModelFormat, exportModel, modelFormatOf } from './exporters/index.js';
import { replaceFile } from './files.js';
import { type PlannedFootprint, plannedFootprint } from './footprint.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { type MeasuredFootprint, measuredFootprint } from './measure/footprint.js';
import { fewOf, type GoalMetric, goalOnDevice } from './prune_goal.js';
import { splitOff } from './train/batches.js';
import { stageCheckpoint } from './train/checkpoint.js';
import type { EpochMetrics, TrainOptions } from './train/options.js';
import { train } from './train/train.js';

export type Method = ChannelMethod | WeightMethod;

export interface ChannelMethod extends Pick<StructuredOptions, 'scope' | 'importance' | 'keepMultipleOf'> {
  readonly goal: Limit & { readonly metric: GoalMetric };
  /** In so many steps, each with a ranking of its own and followed by fine-tuning; 1 unless given. */
  readonly rounds?: number;
}

export interface WeightMethod {
  readonly masks: MaskOptions;
  /** By default 'one-shot'; 'cubic' prunes while fine-tuning. */
  readonly schedule?: PruningSchedule;
}

export interface PruneFileOptions {
  readonly method: Method;
  /** Labels give the accuracy, samples the int8 model that the device's figures are then about. */
  readonly data?: string;
  /** How data are read; a normalization goes into the model. */
  readonly reading?: ReadOptions;
  /** The model to write: `.onnx` is ONNX, whatever else .tflite. */
  readonly output: string;
  /** Whose flash, RAM and cycles are counted; by default the default board. */
  readonly target?: string;
  /** Build firmware before and after, run it on the virtual board and report flash and cycles. */
  readonly measure?: boolean;
  /** Train with a penalty first, so that what is to go becomes small; on data with labels. */
  readonly sparsify?: FinetuneOptions & { readonly penalty: SparsePenalty };
  /** Train what is left on the data, which then need labels; masked weights stay 0. */
  readonly finetune?: FinetuneOptions;
  readonly onProgress?: (done: number, total: number) => void;
}

/** On all data, or on those held out from training. */
export interface PrunedAccuracy {
  readonly samples: number;
  readonly before: number;
  /** After the training with a penalty; null without. */
  readonly sparsified: number | null;
  /** Before the fine-tuning; null where pruning goes on during it. */
  readonly pruned: number | null;
  /** null without training. */
  readonly finetuned: number | null;
}

export interface FinetuneOptions
  extends Pick<TrainOptions, 'learningRate' | 'batchSize' | 'seed' | 'resume' | 'onProgress'> {
  /** Of each round, where there are several. */
  readonly epochs: number;
  /** The file of the last training; those before it have a name with their own place in front of its suffix. */
  readonly checkpoint?: string;
}

export interface PrunedFile {
  readonly output: string;
  /** Sizes of the files, both in the format of the output. */
  readonly bytes: Change;
  /** The channels that went; or null. */
  readonly structured: StructuredReport | null;
  /** In how many rounds they went; or null. */
  readonly rounds: number | null;
  /** The zeros that there are; or null. */
  readonly sparsity: readonly LayerSparsity[] | null;
  /** How these came; or null. */
  readonly schedule: PruningSchedule | null;
  /** Of the float models; null without labels. */
  readonly accuracy: PrunedAccuracy | null;
  /** The training before; or null. */
  readonly sparsify: (SparsePenalty & { readonly training: readonly EpochMetrics[] }) | null;
  /** Of the training on the pruned model, round after round; empty without. */
  readonly training: readonly EpochMetrics[];
  readonly device: {
    readonly target: string;
    /** int8 with data to calibrate by, else as the model stands. */
    readonly dtype: 'int8' | 'float32';
    readonly before: PlannedFootprint | MeasuredFootprint;
    readonly after: PlannedFootprint | MeasuredFootprint;
  };
}

/** Share of the data that fine-tuning does not see. */
const heldOut = 0.1;

/**
 * Writes the pruned model, whole or not at all.
 * @throws CrimpError as the functions it calls: `goal-unreachable`, `already-quantized`, `data-shape`, `data-labels` …
 */
export async function pruneFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  options: PruneFileOptions,
): Promise<PrunedFile> {
  const { method, data, reading, output, target: targetName, measure = false, sparsify, finetune } = options;
  throwIfErrors(checkOptions(options));
  const target = targetName === undefined ? defaultTarget : findTarget(targetName);
  const imported = importModel(model.bytes, model);
  floatOnly(imported);
  const { graph, dataset: whole } =
    data === undefined
      ? { graph: imported, dataset: undefined }
      : await prepareDataset(data, imported, reading);
  const { held, rest } = partsOf(whole, finetune ?? sparsify);
  const calibration = rest && fewOf(rest);
  // On the device a model is int8 in the end, so that is what counts as soon as it can be made.
  const asDeployed = (g: Graph) =>
    calibration ? quantize(g, calibration, { allowCollapse: true }).graph : g;
  const sparse =
    sparsify && (await trainSparse(graph, rest!, sparsify.penalty, trainOptions(sparsify, 'sparsify')));
  const start = sparse?.graph ?? graph;
  const pruned =
    'masks' in method
      ? await pruneWeights(start, method, rest, options)
      : await pruneChannels(start, method, rest, {
          ...options,
          measured: goalOnDevice(method.goal, target, asDeployed),
        });
  const result = pruned.graph;
  const footprint = async (g: Graph) =>
    measure ? measuredFootprint(asDeployed(g), target) : plannedFootprint(asDeployed(g), target);
  const accuracy = async (g: Graph) => accuracyOn(g, held!);
  const format = modelFormatOf(output);
  const bytes = exportModel(result, format);
  const document: PrunedFile = {
    output,
    bytes: { before: asModelFormat(model, graph, format).length, after: bytes.length },
    structured: pruned.report ?? null,
    rounds: 'masks' in method ? null : (method.rounds ?? 1),
    sparsity: 'masks' in method ? sparsityOf(result) : null,
    schedule: 'masks' in method ? (method.schedule ?? 'one-shot') : null,
    accuracy: held?.labels
      ? {
          samples: held.count,
          before: await accuracy(graph),
          sparsified: sparse ? await accuracy(sparse.graph) : null,
          pruned: pruned.untrained ? await accuracy(pruned.untrained) : null,
          finetuned: finetune ? await accuracy(result) : null,
        }
      : null,
    sparsify: sparsify && sparse ? { ...sparsify.penalty, training: sparse.history } : null,
    training: pruned.history,
    device: {
      target: target.name,
      dtype: calibration ? 'int8' : 'float32',
      before: await footprint(graph),
      after: await footprint(result),
    },
  };
  replaceFile(output, bytes);
  return document;
}

function checkOptions({ method, sparsify, finetune }: PruneFileOptions): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const problem = (message: string, hint: string) => problems.push(error('bad-usage', message, hint));
  if ('masks' in method) {
    if (method.schedule === 'cubic' && !finetune) {
      problem('a cubic schedule prunes while fine-tuning, and there is none', 'Say for how many epochs.');
    }
    if (sparsify?.penalty.kind === 'group-lasso') {
      problem('group lasso makes channels small, and weights are pruned', 'Use lasso.');
    }
  } else if ((method.rounds ?? 1) > 1 && !finetune) {
    problem('rounds of pruning are fine-tuned in between, and there is none', 'Say for how many epochs.');
  }
  return problems;
}

interface Pruned {
  readonly graph: Graph;
  /** Where pruning ended before training began. */
  readonly untrained?: Graph;
  readonly report?: StructuredReport;
  readonly history: readonly EpochMetrics[];
}

async function pruneWeights(
  graph: Graph,
  { masks: wanted, schedule }: WeightMethod,
  data: Dataset | undefined,
  { finetune }: PruneFileOptions,
): Promise<Pruned> {
  if (schedule === 'cubic') return pruneGradually(graph, data!, wanted, trainOptions(finetune!));
  const masks = magnitudeMasks(graph, wanted);
  const untrained = applyMasks(graph, masks);
  if (!finetune) return { graph: untrained, untrained, history: [] };
  const trained = await train(untrained, data!, { ...trainOptions(finetune), masks });
  return { ...trained, untrained };
}

async function pruneChannels(
  graph: Graph,
  { goal: _, rounds = 1, ...how }: ChannelMethod,
  data: Dataset | undefined,
  { measured, finetune, onProgress }: PruneFileOptions & { readonly measured: Goal },
): Promise<Pruned> {
  const structured = { ...how, goal: measured, data, seed: finetune?.seed, onProgress };
  if (rounds === 1) {
    const { graph: untrained, report } = await pruneStructured(graph, structured);
    if (!finetune) return { graph: untrained, untrained, report, history: [] };
    const trained = await train(untrained, data!, trainOptions(finetune));
    return { ...trained, untrained, report };
  }
  const training = (round: number) =>
    trainOptions(finetune!, round === rounds ? undefined : `round-${round}`);
  const { history, ...pruned } = await pruneInRounds(graph, data!, { ...structured, rounds, training });
  return { ...pruned, history: history.flat() };
}

/** What accuracy is counted on, and what is calibrated and trained on: the same, unless there is training. */
function partsOf(
  dataset: Dataset | undefined,
  training: FinetuneOptions | undefined,
): { readonly held?: Dataset; readonly rest?: Dataset } {
  if (!training) return { held: dataset, rest: dataset };
  if (!dataset) {
    throw inputError('bad-usage', 'there are no data to train on', 'Give labeled samples with --data.');
  }
  const { train: rest, validation: held } = splitOff(dataset, heldOut, training.seed ?? 1);
  return { held, rest };
}

/** @param place of a training that others follow */
function trainOptions(
  { checkpoint, ...options }: FinetuneOptions & { readonly penalty?: unknown },
  place?: string,
): TrainOptions {
  const { penalty: _, ...rest } = options;
  return { schedule: 'cosine', ...rest, checkpoint: checkpoint && stageCheckpoint(checkpoint, place) };
}
