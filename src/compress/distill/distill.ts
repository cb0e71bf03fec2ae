/** Trains a small model on what a large one answers. */
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import { type Trained, train } from '../../train/train.js';
import { type DistillOptions, lessonOf } from './lesson.js';

/**
 * @param teacher float32 or quantized
 * @param student float32, with as many inputs of as many values, and as many outputs as the teacher; training starts from
 *   its weights
 * @param dataset with labels, unless alpha is 1
 * @returns as `train`: the same seed gives the same bytes
 * @throws CrimpError with every reason why it cannot begin: those of `lessonOf` and of `train`
 */
export async function distill(
  teacher: Graph,
  student: Graph,
  dataset: Dataset,
  options: DistillOptions = {},
): Promise<Trained> {
  const lesson = await lessonOf(teacher, student, dataset, options);
  return train(student, lesson.dataset, lesson.options);
}
