/** Distillation as data and a loss, so that whatever trains a graph can distill into it. */
import type { Dataset } from '../../data/index.js';
import { throwIfErrors } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { hashGraph } from '../../graph/hash.js';
import { imagesOf } from '../../train/augment.js';
import { checkComputable } from '../../train/check.js';
import { settingsOf, type TrainOptions } from '../../train/options.js';
import { checkDistillation } from './check.js';
import { type LayerPair, matchLayers } from './layers.js';
import { distillationLoss, type Mixing } from './loss.js';
import { answered, liveTeacher, recallingTeacher } from './teacher.js';

export interface DistillOptions extends Omit<TrainOptions, 'loss'>, Partial<Mixing> {
  /** Layers whose values are to be alike, beside the answers. */
  readonly layers?: readonly LayerPair[];
  /** How many samples the teacher has answered, where that takes long. */
  readonly onTeacher?: (done: number, total: number) => void;
}

/** What stands where nothing is said. */
export const defaultMixing: Mixing = { temperature: 4, alpha: 0.7 };

export interface Lesson {
  /** With the teacher's answers as targets, unless it is asked anew for each batch. */
  readonly dataset: Dataset;
  /** With the loss that listens to the teacher, and held-out data that it has answered as well. */
  readonly options: TrainOptions;
}

/**
 * The teacher answers each sample once, except where samples change as they are trained on, or where layers of a float teacher
 * are compared, whose values for all samples would take too much memory.
 *
 * @param student whatever is trained: `train(student, lesson.dataset, lesson.options)`; its tensors have to keep their indices
 * @throws CrimpError with every reason why it cannot begin: `distill-pair`, `distill-layer`, `distill-option`,
 *   `teacher-answers`, and those of `train`
 */
export async function lessonOf(
  teacher: Graph,
  student: Graph,
  dataset: Dataset,
  { temperature, alpha, layers: pairs = [], onTeacher, augment: changes, ...options }: DistillOptions = {},
): Promise<Lesson> {
  const mixing: Mixing = {
    temperature: temperature ?? defaultMixing.temperature,
    alpha: alpha ?? defaultMixing.alpha,
  };
  const augment = changes && { image: imageShape(teacher), ...changes };
  const settings = settingsOf({ ...options, augment });
  throwIfErrors(checkDistillation(teacher, student, dataset, settings, { ...mixing, pairs }));
  const layers = matchLayers(teacher, student, pairs);
  const heard = layers.map((layer) => layer.teacher);
  const live = augment !== undefined || (layers.length > 0 && checkComputable(teacher).length === 0);
  const { backend, signal, validation } = options;
  const answer = async (data: Dataset) =>
    live ? data : answered(teacher, data, heard, student, { backend, signal, onProgress: onTeacher });
  const listened = live ? liveTeacher(teacher, heard, student) : recallingTeacher(teacher, heard);
  return {
    dataset: await answer(dataset),
    options: {
      ...options,
      augment,
      validation: typeof validation === 'object' ? await answer(validation) : validation,
      loss: distillationLoss(mixing, listened, layers),
      // For the checkpoint, which cannot look into the loss: another lesson is another training.
      ...{ ...mixing, layers, teacher: live ? hashGraph(teacher) : undefined },
    },
  };
}

/** Students may read images laid flat, which their teacher reads as images. */
function imageShape(teacher: Graph): readonly [number, number, number] | undefined {
  const image = imagesOf(teacher, undefined).find((found) => found !== undefined);
  return image && [image.height, image.width, image.channels];
}
