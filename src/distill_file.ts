/** A teacher's model file, a student's or how small it is to be, and data → a .tflite or .onnx of the student as it was taught. */
import { defaultTarget, findTarget } from '../targets/index.js';
import { accuracyOn } from './compress/accuracy_on.js';
import { distill } from './compress/distill/distill.js';
import { distillQuantized, type StudentForm } from './compress/distill/distill_quantized.js';
import type { LayerLoss } from './compress/distill/layer_losses.js';
import { matchLayers } from './compress/distill/layers.js';
import { type DistillOptions, defaultMixing } from './compress/distill/lesson.js';
import { type Size, shrink } from './compress/distill/shrink.js';
import { zeroMasks } from './compress/prune/apply_masks.js';
import { macsOfGraph } from './compress/prune/cost.js';
import { type Dataset, loadDataset, prepareDataset, type ReadOptions } from './data/index.js';
import { renormalized } from './data/normalize.js';
import { exportModel, modelFormatOf } from './exporters/index.js';
import { replaceFile } from './files.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import type { ModelFile } from './model_file.js';
import { deployed, type OnDevice, onDevice } from './on_device.js';
import { splitOff } from './train/batches.js';
import { stageCheckpoint } from './train/checkpoint.js';
import { type EpochMetrics, settingsOf } from './train/options.js';
import type { Trained } from './train/train.js';

export interface DistillFileOptions extends Omit<DistillOptions, 'validation' | 'masks'> {
  /** Samples, with labels unless alpha is 1. */
  readonly data: string;
  /** How data are read; a normalization goes into the student. The teacher reads the same data by its own. */
  readonly reading?: ReadOptions;
  /** The model to write: `.onnx` is ONNX, whatever else .tflite. */
  readonly output: string;
  /** A file like `data`, or the share of it that is held out. */
  readonly validation?: number | string;
  /** Weights of the student that are 0 stay 0, as pruning left them. */
  readonly keepZeros?: boolean;
  /** Then it is quantized so, and listens for so many epochs more while it computes as its integers do. */
  readonly qat?: StudentForm & { readonly epochs: number };
  /** Whose flash, RAM and cycles are counted; by default the default board. */
  readonly target?: string;
  /** Build firmware of teacher and student, run it on the virtual board and report flash and cycles. */
  readonly measure?: boolean;
}

/** A model of its own, or the teacher's layers with fewer channels; with fresh weights, where not those that are left. */
export type Student = ModelFile | { readonly size: Size; readonly fresh?: boolean };

export interface DistilledFile {
  readonly output: string;
  readonly samples: number;
  readonly temperature: number;
  readonly alpha: number;
  /** Which are compared, and how. */
  readonly layers: readonly DistilledLayer[];
  /** Of one inference. */
  readonly macs: { readonly teacher: number; readonly student: number };
  /** null without labels. */
  readonly accuracy: DistilledAccuracy | null;
  /** The epoch whose weights were written. */
  readonly epoch: number;
  readonly history: readonly EpochMetrics[];
  /** The same of the epochs with integers; null without. */
  readonly qat: Pick<DistilledFile, 'epoch' | 'history'> | null;
  readonly device: DistilledDevice;
}

export interface DistilledLayer {
  readonly teacher: string;
  readonly student: string;
  readonly loss: LayerLoss;
  readonly weight: number;
}

/** On the held-out samples, or on those of the training where none are held out. */
export interface DistilledAccuracy {
  readonly heldOut: boolean;
  readonly samples: number;
  readonly teacher: number;
  readonly before: number;
  /** In float, where integers followed; else null. */
  readonly float: number | null;
  readonly after: number;
}

export interface DistilledDevice {
  readonly target: string;
  readonly teacher: OnDevice;
  readonly student: OnDevice;
}

/**
 * Writes the student, whole or not at all.
 * @throws CrimpError as importModel, prepareDataset, shrink, distill, distillQuantized; with `measure` as `measuredFootprint`
 */
export async function distillFile(
  teacherFile: ModelFile,
  studentFile: Student,
  distillation: DistillFileOptions,
): Promise<DistilledFile> {
  const { data, reading = {}, output, validation, keepZeros, qat, measure, ...options } = distillation;
  const target = options.target === undefined ? defaultTarget : findTarget(options.target);
  const { seed } = settingsOf(options);
  const teacher = importModel(teacherFile.bytes, teacherFile);
  const given = await studentOf(teacher, studentFile, seed);
  const { graph: student, dataset } = await prepareDataset(data, given, reading);
  const held = typeof validation === 'string' ? await heldOut(validation, student, reading) : validation;
  // What a model reads of data that have been read for the student.
  const heard = (data: Dataset, by: Graph) => ({ ...data, inputs: renormalized(data.inputs, student, by) });
  const footprint = (g: Graph) => onDevice(deployed(g, heard(dataset, g)), target, measure);
  // Whatever the board cannot hold shows before the training.
  const ofTeacher = measure ? await footprint(teacher) : undefined;
  const masks = keepZeros ? zeroMasks(student) : undefined;
  const lesson = { ...options, validation: held, masks };
  const taught = await distill(teacher, student, dataset, lesson);
  const { epoch, history } = taught;
  const integer = qat && (await taughtAsQuantized(teacher, taught.graph, dataset, { ...lesson, ...qat }));
  const { graph } = integer ?? taught;
  // The same samples that the training held out.
  const unseen = typeof held === 'number' ? splitOff(dataset, held, seed).validation : held;
  const on = unseen ?? dataset;
  const accuracy = async (g: Graph) => accuracyOn(g, heard(on, g), options);
  const layers = options.layers ?? [];
  const document: DistilledFile = {
    output,
    samples: dataset.count,
    temperature: options.temperature ?? defaultMixing.temperature,
    alpha: options.alpha ?? defaultMixing.alpha,
    layers: matchLayers(teacher, student, layers).map(({ loss, weight }, i) => ({
      ...{ teacher: layers[i]!.teacher, student: layers[i]!.student, loss, weight },
    })),
    macs: { teacher: macsOfGraph(teacher), student: macsOfGraph(graph) },
    accuracy: on.labels
      ? {
          heldOut: unseen !== undefined,
          samples: on.count,
          teacher: await accuracy(teacher),
          before: await accuracy(student),
          float: integer ? await accuracy(taught.graph) : null,
          after: await accuracy(graph),
        }
      : null,
    epoch,
    history,
    qat: integer ? { epoch: integer.epoch, history: integer.history } : null,
    device: {
      target: target.name,
      teacher: ofTeacher ?? (await footprint(teacher)),
      student: await footprint(graph),
    },
  };
  replaceFile(output, exportModel(graph, modelFormatOf(output)));
  return document;
}

/** A tenth of the rate: the student knows what there is to know. Layers have gone into each other, so answers are all. */
async function taughtAsQuantized(
  teacher: Graph,
  student: Graph,
  dataset: Dataset,
  { layers: _, masks: __, batchNorm: ___, learningRate, checkpoint, ...lesson }: DistillOptions & StudentForm,
): Promise<Trained> {
  const { graph, report } = await distillQuantized(teacher, student, dataset, {
    ...lesson,
    learningRate: learningRate && learningRate / 10,
    checkpoint: checkpoint && stageCheckpoint(checkpoint, 'qat'),
  });
  return { graph, history: report.training.history, epoch: report.training.epoch };
}

/** Read as the training data have decided. */
function heldOut(file: string, graph: Graph, { normalize: _, ...reading }: ReadOptions): Promise<Dataset> {
  return loadDataset(file, graph, reading);
}

async function studentOf(teacher: Graph, student: Student, seed: number): Promise<Graph> {
  if ('bytes' in student) return importModel(student.bytes, student);
  return shrink(teacher, student.size, { fresh: student.fresh ? seed : undefined });
}
