/** A float model file → a pruned .tflite, with its accuracy and what it takes of a device before and after. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defaultTarget, findTarget } from '../targets/index.js';
import type { Target } from '../targets/target.js';
import { applyMasks, type LayerSparsity, sparsityOf } from './compress/prune/apply_masks.js';
import type { Cost } from './compress/prune/cost.js';
import { floatOnly } from './compress/prune/float_only.js';
import { type MaskOptions, type Masks, magnitudeMasks } from './compress/prune/masks.js';
import {
  type Change,
  type Goal,
  type Limit,
  pruneStructured,
  type StructuredOptions,
  type StructuredReport,
} from './compress/prune/structured.js';
import { quantize } from './compress/quantize/quantize.js';
import { setSample } from './compress/quantize/set_sample.js';
import { type Dataset, readDataset } from './data/index.js';
import { inputError } from './diagnostics.js';
import { exportTflite } from './exporters/tflite/export.js';
import { replaceFile } from './files.js';
import { elementCount } from './graph/access.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { accuracyOf } from './measure/accuracy.js';
import {
  type MeasuredFootprint,
  measuredFootprint,
  type PlannedFootprint,
  plannedFootprint,
} from './measure/footprint.js';
import { createSimulator } from './simulator/simulator.js';
import { splitOff } from './train/batches.js';
import type { EpochMetrics, TrainOptions } from './train/options.js';
import { train } from './train/train.js';

/** What a goal can be about: the first two of the model, the others of the device. */
export type GoalMetric = Cost | keyof MeasuredFootprint;

export type Method =
  | ({ readonly goal: Limit & { readonly metric: GoalMetric } } & Omit<
      StructuredOptions,
      'goal' | 'onProgress'
    >)
  | { readonly masks: MaskOptions };

export interface PruneFileOptions {
  readonly method: Method;
  /** .npz, .npy or .bin: labels give the accuracy, samples the int8 model that the device's figures are then about. */
  readonly data?: string;
  /** The .tflite to write. */
  readonly output: string;
  /** Whose flash, RAM and cycles are counted; by default the default board. */
  readonly target?: string;
  /** Build firmware before and after, run it on the virtual board and report flash and cycles. */
  readonly measure?: boolean;
  /** Train what is left on the data, which then need labels; masked weights stay 0. */
  readonly finetune?: FinetuneOptions;
  readonly onProgress?: (done: number, total: number) => void;
}

/** On all data, or on those held out from training. */
export interface PrunedAccuracy {
  readonly samples: number;
  readonly before: number;
  readonly pruned: number;
  /** null without training. */
  readonly finetuned: number | null;
}

export interface FinetuneOptions
  extends Pick<TrainOptions, 'learningRate' | 'batchSize' | 'seed' | 'checkpoint' | 'resume' | 'onProgress'> {
  readonly epochs: number;
}

export interface PrunedFile {
  readonly output: string;
  /** Sizes of the .tflite files. */
  readonly bytes: Change;
  /** The channels that went; or null. */
  readonly structured: StructuredReport | null;
  /** The zeros that there are; or null. */
  readonly sparsity: readonly LayerSparsity[] | null;
  /** Of the float models; null without labels. */
  readonly accuracy: PrunedAccuracy | null;
  /** Of the training on the pruned model; empty without. */
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

/** Enough for sizes and kernels, which hardly depend on the data; each candidate is quantized anew. */
const calibrationSamples = 32;

/**
 * Writes the pruned model, whole or not at all.
 * @throws CrimpError as the functions it calls: `goal-unreachable`, `already-quantized`, `data-shape`, `data-labels` …
 */
export async function pruneFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  { method, data, output, target: targetName, measure = false, finetune, onProgress }: PruneFileOptions,
): Promise<PrunedFile> {
  const target = targetName === undefined ? defaultTarget : findTarget(targetName);
  const graph = importModel(model.bytes, model);
  floatOnly(graph);
  const whole = data === undefined ? undefined : readDataset(data, graph);
  const { held, rest } = partsOf(whole, finetune);
  const calibration = rest && firstOf(rest, graph);
  // On the device a model is int8 in the end, so that is what counts as soon as it can be made.
  const asDeployed = (g: Graph) =>
    calibration ? quantize(g, calibration, { allowCollapse: true }).graph : g;
  const pruned = await pruneGraph(graph, method, target, asDeployed, onProgress);
  const trained = finetune && (await train(pruned.graph, rest!, trainOptions(finetune, pruned.masks)));
  const result = trained?.graph ?? pruned.graph;
  const footprint = async (g: Graph) =>
    measure ? measuredFootprint(asDeployed(g), target) : plannedFootprint(asDeployed(g), target);
  const accuracy = async (g: Graph) => accuracyOn(g, held!);
  const bytes = exportTflite(result);
  const document: PrunedFile = {
    output,
    bytes: { before: model.bytes.length, after: bytes.length },
    structured: pruned.report ?? null,
    sparsity: pruned.masks ? sparsityOf(result) : null,
    accuracy: held?.labels
      ? {
          samples: held.count,
          before: await accuracy(graph),
          pruned: await accuracy(pruned.graph),
          finetuned: trained ? await accuracy(trained.graph) : null,
        }
      : null,
    training: trained?.history ?? [],
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

interface Pruned {
  readonly graph: Graph;
  readonly report?: StructuredReport;
  readonly masks?: Masks;
}

async function pruneGraph(
  graph: Graph,
  method: Method,
  target: Target,
  asDeployed: (graph: Graph) => Graph,
  onProgress: PruneFileOptions['onProgress'],
): Promise<Pruned> {
  if ('masks' in method) {
    const masks = magnitudeMasks(graph, method.masks);
    return { graph: applyMasks(graph, masks), masks };
  }
  return pruneStructured(graph, { ...method, goal: onDevice(method.goal, target, asDeployed), onProgress });
}

/** What accuracy is counted on, and what is calibrated and trained on: the same, unless there is training. */
function partsOf(
  dataset: Dataset | undefined,
  finetune: FinetuneOptions | undefined,
): { readonly held?: Dataset; readonly rest?: Dataset } {
  if (!finetune) return { held: dataset, rest: dataset };
  if (!dataset) {
    throw inputError('bad-usage', 'there are no data to fine-tune on', 'Give labeled samples with --data.');
  }
  const { train: rest, validation: held } = splitOff(dataset, heldOut, finetune.seed ?? 1);
  return { held, rest };
}

function trainOptions({ epochs, ...finetune }: FinetuneOptions, masks: Masks | undefined): TrainOptions {
  return { schedule: 'cosine', ...finetune, epochs, masks };
}

/** A goal that the device decides weighs channels by what is nearest to it in the model. */
function onDevice(
  { metric, ...limit }: Limit & { readonly metric: GoalMetric },
  target: Target,
  asDeployed: (graph: Graph) => Graph,
): Goal {
  if (metric === 'macs' || metric === 'params') return { ...limit, metric };
  const planned = metric === 'weightsBytes' || metric === 'arenaBytes';
  if (!planned && !target.firmware) {
    const message = `${metric} cannot be measured on target ${target.name}`;
    throw inputError('bad-usage', message, 'Choose a board with --target.');
  }
  const of = async (graph: Graph) =>
    planned
      ? plannedFootprint(asDeployed(graph), target)[metric]
      : (await measuredFootprint(asDeployed(graph), target))[metric];
  const inModel = metric === 'weightsBytes' || metric === 'flashBytes' ? 'params' : 'macs';
  return { ...limit, metric: inModel, measure: { name: metric, of } };
}

function firstOf({ count, inputs }: Dataset, graph: Graph): Dataset {
  const few = Math.min(count, calibrationSamples);
  const sizes = graph.inputs.map((t) => elementCount(graph.tensors[t]!.shape));
  return { count: few, inputs: inputs.map((values, i) => values.subarray(0, few * sizes[i]!)) };
}

async function accuracyOn(graph: Graph, dataset: Dataset): Promise<number> {
  const simulator = createSimulator(graph);
  const answers: Uint8Array[] = [];
  for (let i = 0; i < dataset.count; i++) {
    // Ctrl-C gets its turn.
    if (i % 16 === 0) await nextTurn();
    setSample(simulator, graph, dataset, i);
    simulator.run();
    answers.push(simulator.outputs());
  }
  return accuracyOf(graph, answers, dataset.labels!);
}
