/** Quantizes the model, after training or with more of it. */
import { type Lesson, lessonOf } from '../../compress/distill/lesson.js';
import { prepare } from '../../compress/quantize/prepare.js';
import { quantizeAware } from '../../compress/quantize/qat.js';
import { quantize } from '../../compress/quantize/quantize.js';
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import { orderOf, pick } from '../../train/batches.js';
import type { QuantizeStep } from './quantize_fields.js';
import type { StepContext, StepResult } from './step.js';
import { teacherOf } from './teacher.js';
import { trainingOptions } from './training.js';

/** Where nothing is said. */
export const calibrationSamples = 300;

export async function runQuantize(
  graph: Graph,
  step: QuantizeStep,
  context: StepContext,
): Promise<StepResult> {
  if (step.qat) return quantizeInTraining(graph, step, step.qat, context);
  const { step: _, seed: __, qat: ___, samples = calibrationSamples, ...options } = step;
  const calibration = drawn(context.data.train!, samples, context.seed);
  const onProgress = (done: number, total: number) => context.onProgress('quantize', done, total);
  const quantized = context.synchronously(() => quantize(graph, calibration, { ...options, onProgress }));
  return { graph: quantized.graph, outcome: { quantization: quantized.report } };
}

/** So many samples, chosen by the seed, in the order of the data. */
function drawn(data: Dataset, samples: number, seed: number): Dataset {
  if (samples >= data.count) return data;
  return pick(data, orderOf(data.count, seed, 0).slice(0, samples).sort());
}

async function quantizeInTraining(
  graph: Graph,
  step: QuantizeStep,
  { teacher, temperature, alpha, ...fields }: NonNullable<QuantizeStep['qat']>,
  context: StepContext,
): Promise<StepResult> {
  const { calibrator, activations, weights, int4Sqnr, clusters, equalize, io, allowCollapse, integerOnly } =
    step;
  // The tensors of a lesson are those of the graph that is trained.
  const float = prepare(graph, { activations, weights, equalize, integerOnly });
  const { masks: _, ...options } = trainingOptions(float, fields, context, 'qat');
  const lesson: Lesson =
    teacher === undefined
      ? { dataset: context.data.train!, options }
      : await lessonOf(teacherOf(teacher, context), float, context.data.train!, {
          ...options,
          ...{ temperature, alpha },
          onTeacher: (done, total) => context.onProgress('teacher', done, total),
        });
  const form = { calibrator, activations, weights, int4Sqnr, clusters, io, allowCollapse };
  const quantized = await quantizeAware(float, lesson.dataset, { ...lesson.options, ...form });
  const { history, epoch } = quantized.report.training;
  return { graph: quantized.graph, outcome: { quantization: quantized.report, history, epoch } };
}
