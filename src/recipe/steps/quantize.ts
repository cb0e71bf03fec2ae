/** Quantizes the model. */
import { quantize } from '../../compress/quantize/quantize.js';
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import { orderOf, pick } from '../../train/batches.js';
import type { QuantizeStep } from './quantize_fields.js';
import type { StepContext, StepResult } from './step.js';

export async function runQuantize(
  graph: Graph,
  { step: _, seed: __, samples, ...options }: QuantizeStep,
  context: StepContext,
): Promise<StepResult> {
  const calibration = drawn(context.data.train!, samples, context.seed);
  const onProgress = (done: number, total: number) => context.onProgress('quantize', done, total);
  const quantized = context.synchronously(() => quantize(graph, calibration, { ...options, onProgress }));
  return { graph: quantized.graph, outcome: { quantization: quantized.report } };
}

/** So many samples, chosen by the seed, in the order of the data. */
export function drawn(data: Dataset, samples: number, seed: number): Dataset {
  if (samples >= data.count) return data;
  return pick(data, orderOf(data.count, seed, 0).slice(0, samples).sort());
}
