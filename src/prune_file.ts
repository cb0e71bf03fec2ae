/** A float model file → a pruned .tflite, with its accuracy and what it takes of a device before and after. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defaultTarget, findTarget } from '../targets/index.js';
import type { Target } from '../targets/target.js';
import { applyMasks, type LayerSparsity, sparsityOf } from './compress/prune/apply_masks.js';
import type { Cost } from './compress/prune/cost.js';
import { type MaskOptions, magnitudeMasks } from './compress/prune/masks.js';
import {
  type Change,
  type Goal,
  type Limit,
  pruneStructured,
  type StructuredOptions,
  type StructuredReport,
} from './compress/prune/structured.js';
import { quantize } from './compress/quantize/quantize.js';
import { type Dataset, readDataset, readSamples, type Samples } from './data/index.js';
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
  readonly onProgress?: (done: number, total: number) => void;
}

export interface PrunedFile {
  readonly output: string;
  /** Sizes of the .tflite files. */
  readonly bytes: Change;
  /** The channels that went; or null. */
  readonly structured: StructuredReport | null;
  /** The zeros that there are; or null. */
  readonly sparsity: readonly LayerSparsity[] | null;
  /** Of the float models on the data; null without labels. */
  readonly accuracy: Change | null;
  readonly device: {
    readonly target: string;
    /** int8 with data to calibrate by, else as the model stands. */
    readonly dtype: 'int8' | 'float32';
    readonly before: PlannedFootprint | MeasuredFootprint;
    readonly after: PlannedFootprint | MeasuredFootprint;
  };
}

/** Enough for sizes and kernels, which hardly depend on the data; each candidate is quantized anew. */
const calibrationSamples = 32;

/** Writes the pruned model, whole or not at all. @throws CrimpError as the functions it calls; `goal-unreachable` */
export async function pruneFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  { method, data, output, target: targetName, measure = false, onProgress }: PruneFileOptions,
): Promise<PrunedFile> {
  const target = targetName === undefined ? defaultTarget : findTarget(targetName);
  const graph = importModel(model.bytes, model);
  const samples = data === undefined ? undefined : readSamples(data, graph);
  const dataset = data === undefined ? undefined : firstOf(readDataset(data, graph), graph);
  // On the device a model is int8 in the end, so that is what counts as soon as it can be made.
  const asDeployed = (g: Graph) => (dataset ? quantize(g, dataset, { allowCollapse: true }).graph : g);
  const pruned =
    'masks' in method
      ? { graph: applyMasks(graph, magnitudeMasks(graph, method.masks)) }
      : await pruneStructured(graph, {
          ...method,
          goal: onDevice(method.goal, target, asDeployed),
          onProgress,
        });
  const footprint = async (g: Graph) =>
    measure ? measuredFootprint(asDeployed(g), target) : plannedFootprint(asDeployed(g), target);
  const bytes = exportTflite(pruned.graph);
  const document: PrunedFile = {
    output,
    bytes: { before: model.bytes.length, after: bytes.length },
    structured: 'report' in pruned ? pruned.report : null,
    sparsity: 'masks' in method ? sparsityOf(pruned.graph) : null,
    accuracy: samples?.labels
      ? { before: await accuracyOn(graph, samples), after: await accuracyOn(pruned.graph, samples) }
      : null,
    device: {
      target: target.name,
      dtype: dataset ? 'int8' : 'float32',
      before: await footprint(graph),
      after: await footprint(pruned.graph),
    },
  };
  replaceFile(output, bytes);
  return document;
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

async function accuracyOn(graph: Graph, samples: Samples): Promise<number> {
  const simulator = createSimulator(graph);
  const answers: Uint8Array[] = [];
  for (let i = 0; i < samples.count; i++) {
    // Ctrl-C gets its turn.
    if (i % 16 === 0) await nextTurn();
    simulator.setInputs(samples.bytes(i));
    simulator.run();
    answers.push(simulator.outputs());
  }
  return accuracyOf(graph, answers, samples.labels!);
}
