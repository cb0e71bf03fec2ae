/** A float model file and data → a .tflite or .onnx with trained weights. */

import { defaultTarget, findTarget } from '../targets/index.js';
import { zeroMasks } from './compress/prune/apply_masks.js';
import { type Dataset, loadDataset, prepareDataset, type ReadOptions } from './data/index.js';
import { exportModel, modelFormatOf } from './exporters/index.js';
import { replaceFile } from './files.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { deployed, type OnDevice, onDevice } from './on_device.js';
import { initialize } from './train/initialize.js';
import { type EpochMetrics, settingsOf, type TrainOptions } from './train/options.js';
import { train } from './train/train.js';
import { variablesOf } from './train/variables.js';

export interface TrainFileOptions extends Omit<TrainOptions, 'validation' | 'masks'> {
  /** Samples with labels or targets. */
  readonly data: string;
  /** How data are read; a normalization goes into the model. */
  readonly reading?: ReadOptions;
  /** The model to write: `.onnx` is ONNX, whatever else .tflite. */
  readonly output: string;
  /** A file like `data`, or the share of it that is held out. */
  readonly validation?: number | string;
  /** Begins with weights drawn by the seed, instead of with the model's own. */
  readonly fresh?: boolean;
  /** Weights that are 0 stay 0, as pruning left them. */
  readonly keepZeros?: boolean;
  /** Whose flash, RAM and cycles are counted; by default the default board. */
  readonly target?: string;
  /** Build firmware before and after, run it on the virtual board and report flash and cycles. */
  readonly measure?: boolean;
}

export interface TrainedFile {
  readonly output: string;
  readonly samples: number;
  /** Trained weights and biases; those of them that are weights, and how many of these are 0. */
  readonly parameters: number;
  readonly weights: { readonly count: number; readonly zeros: number };
  /** The epoch whose weights were written. */
  readonly epoch: number;
  readonly history: readonly EpochMetrics[];
  /** As the int8 that the model is in the end, where it can be made. */
  readonly device: { readonly target: string; readonly before: OnDevice; readonly after: OnDevice };
}

/** Writes the trained model, whole or not at all. @throws CrimpError as importModel, prepareDataset, train */
export async function trainFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  {
    data,
    reading = {},
    output,
    validation,
    fresh,
    keepZeros,
    target: board,
    measure,
    ...options
  }: TrainFileOptions,
): Promise<TrainedFile> {
  const target = board === undefined ? defaultTarget : findTarget(board);
  const { graph, dataset } = await prepareDataset(data, importModel(model.bytes, model), reading);
  const held = typeof validation === 'string' ? await heldOut(validation, graph, reading) : validation;
  const masks = keepZeros ? zeroMasks(graph) : undefined;
  const start = fresh ? initialize(graph, settingsOf(options).seed) : graph;
  const trained = await train(start, dataset, { ...options, validation: held, masks });
  const footprint = (g: Graph) => onDevice(deployed(g, dataset), target, measure);
  const device = {
    target: target.name,
    before: await footprint(graph),
    after: await footprint(trained.graph),
  };
  replaceFile(output, exportModel(trained.graph, modelFormatOf(output)));
  const { history, epoch } = trained;
  return { output, samples: dataset.count, ...countsOf(trained.graph), epoch, history, device };
}

/** Read as the training data have decided. */
function heldOut(file: string, graph: Graph, { normalize: _, ...reading }: ReadOptions): Promise<Dataset> {
  return loadDataset(file, graph, reading);
}

function countsOf(graph: Graph): Pick<TrainedFile, 'parameters' | 'weights'> {
  let [parameters, count, zeros] = [0, 0, 0];
  for (const { tensor, role } of variablesOf(graph)) {
    const values = graph.tensors[tensor]!.data as Float32Array;
    parameters += values.length;
    if (role !== 'weights') continue;
    count += values.length;
    for (const value of values) if (value === 0) zeros++;
  }
  return { parameters, weights: { count, zeros } };
}
