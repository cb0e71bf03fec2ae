/** Distillation into a quantized student: what the teacher is listened to with are the integers' own answers. */
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import { prepare } from '../quantize/prepare.js';
import { type QuantizeAwareOptions, type QuantizedAware, quantizeAware } from '../quantize/qat.js';
import { type DistillOptions, lessonOf } from './lesson.js';

/** How the student is quantized. */
export type StudentForm = Pick<QuantizeAwareOptions, 'activations' | 'weights' | 'clusters' | 'calibrator'>;

/** `masks`, and the student's layers, are those of the graph that `prepare` makes: batch norms and activations folded. */
export type DistillQuantizedOptions = Omit<DistillOptions, 'batchNorm'> & StudentForm;

/**
 * @param student float32 and trained, by `distill` at best; weights that are 0 stay 0 unless `masks` say otherwise
 * @returns as `quantizeAware`
 * @throws CrimpError as `lessonOf` and `quantizeAware`
 */
export async function distillQuantized(
  teacher: Graph,
  student: Graph,
  dataset: Dataset,
  { activations = 'int8', weights = 'int8', clusters, calibrator, ...options }: DistillQuantizedOptions = {},
): Promise<QuantizedAware> {
  const float = prepare(student, { activations, weights, equalize: false });
  const lesson = await lessonOf(teacher, float, dataset, options);
  return quantizeAware(float, lesson.dataset, {
    ...lesson.options,
    ...{ activations, weights, clusters, calibrator },
  });
}
