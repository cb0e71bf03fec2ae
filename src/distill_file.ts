/** A teacher's and a student's model files and data → a .tflite of the student as it was taught. */
import { distill } from './compress/distill/distill.js';
import { type DistillOptions, defaultMixing } from './compress/distill/lesson.js';
import { logits } from './compress/distill/logits.js';
import { macsOfGraph } from './compress/prune/cost.js';
import { type Dataset, readDataset } from './data/index.js';
import { exportTflite } from './exporters/tflite/export.js';
import { replaceFile } from './files.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { argMax } from './measure/accuracy.js';
import type { ModelFile } from './model_file.js';
import { splitOff } from './train/batches.js';
import { type EpochMetrics, settingsOf } from './train/options.js';

export interface DistillFileOptions extends Omit<DistillOptions, 'validation' | 'masks'> {
  /** .npz of samples `x`, with labels `y` unless alpha is 1. */
  readonly data: string;
  /** The .tflite to write. */
  readonly output: string;
  /** A file like `data`, or the share of it that is held out. */
  readonly validation?: number | string;
}

export interface DistilledFile {
  readonly output: string;
  readonly samples: number;
  readonly temperature: number;
  readonly alpha: number;
  /** Of one inference. */
  readonly macs: { readonly teacher: number; readonly student: number };
  /** null without labels. */
  readonly accuracy: DistilledAccuracy | null;
  /** The epoch whose weights were written. */
  readonly epoch: number;
  readonly history: readonly EpochMetrics[];
}

/** On the held-out samples, or on those of the training where none are held out. */
export interface DistilledAccuracy {
  readonly heldOut: boolean;
  readonly samples: number;
  readonly teacher: number;
  readonly before: number;
  readonly after: number;
}

/** Writes the student, whole or not at all. @throws CrimpError as importModel, readDataset, distill */
export async function distillFile(
  teacherFile: ModelFile,
  studentFile: ModelFile,
  { data, output, validation, ...options }: DistillFileOptions,
): Promise<DistilledFile> {
  const teacher = importModel(teacherFile.bytes, teacherFile);
  const student = importModel(studentFile.bytes, studentFile);
  const dataset = readDataset(data, student);
  const held = typeof validation === 'string' ? readDataset(validation, student) : validation;
  const { graph, history, epoch } = await distill(teacher, student, dataset, {
    ...options,
    validation: held,
  });
  // The same samples that the training held out.
  const { seed } = settingsOf(options);
  const unseen = typeof held === 'number' ? splitOff(dataset, held, seed).validation : held;
  const on = unseen ?? dataset;
  const accuracy = async (g: Graph) => accuracyOn(g, on, options);
  const document: DistilledFile = {
    output,
    samples: dataset.count,
    temperature: options.temperature ?? defaultMixing.temperature,
    alpha: options.alpha ?? defaultMixing.alpha,
    macs: { teacher: macsOfGraph(teacher), student: macsOfGraph(graph) },
    accuracy: on.labels
      ? {
          heldOut: unseen !== undefined,
          samples: on.count,
          teacher: await accuracy(teacher),
          before: await accuracy(student),
          after: await accuracy(graph),
        }
      : null,
    epoch,
    history,
  };
  replaceFile(output, exportTflite(graph));
  return document;
}

async function accuracyOn(graph: Graph, data: Dataset, options: DistillOptions): Promise<number> {
  const { backend, signal } = options;
  const answers = await logits(graph, data, { backend, signal });
  const classes = answers.length / data.count;
  const right = data.labels!.filter((label, i) => {
    return argMax(answers.subarray(i * classes, (i + 1) * classes)) === label;
  });
  return right.length / data.count;
}
