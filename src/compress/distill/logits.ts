/** What any graph answers to many samples: a float one by TensorFlow.js, any other by the simulator. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../../data/index.js';
import { throwIfErrors } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { checkComputable, checkInputs } from '../../train/check.js';
import { logitsOf } from '../../train/loss.js';
import { predict } from '../../train/predict.js';
import type { Backend } from '../../train/tensorflow.js';
import { simulatedRows } from './simulated_rows.js';

export interface LogitsOptions {
  readonly backend?: Backend;
  /** Only the simulator takes long enough for it. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work between two samples by throwing its reason. */
  readonly signal?: AbortSignal;
}

type Samples = Pick<Dataset, 'count' | 'inputs'>;

/**
 * @param data real values; quantized inputs are filled as TFLM's QUANTIZE does
 * @returns what the first output's SOFTMAX reads, or that output without one, times β, as real values: [count, classes]
 * @throws CrimpError `data-shape`, `data-values`
 */
export async function logits(
  graph: Graph,
  data: Samples,
  options: LogitsOptions = {},
): Promise<Float32Array> {
  const { tensor, beta } = teacherLogitsOf(graph);
  throwIfErrors(checkInputs(graph, data, 'the data'));
  const values =
    checkComputable(graph).length === 0
      ? await predict(graph, data, { tensor, backend: options.backend })
      : await simulated(graph, data, [tensor], options);
  return values.map((v) => beta * v);
}

/** Where the logits are, also in a quantized model whose output is float32: it ends in DEQUANTIZE, behind its SOFTMAX. */
export function teacherLogitsOf(graph: Graph): { readonly tensor: number; readonly beta: number } {
  const last = graph.ops.find((op) => op.outputs.includes(graph.outputs[0]!));
  return logitsOf(last?.type === 'DEQUANTIZE' ? { ...graph, outputs: [last.inputs[0]!] } : graph);
}

/** @returns for each sample the values of these tensors, one after the other, as real ones */
export async function simulated(
  graph: Graph,
  data: Samples,
  tensors: readonly number[],
  { onProgress, signal }: LogitsOptions,
): Promise<Float32Array> {
  const rows = simulatedRows(graph, tensors);
  const answers = new Float32Array(data.count * rows.size);
  for (let i = 0; i < data.count; i++) {
    if (i % 16 === 0) await nextTurn();
    signal?.throwIfAborted();
    rows.run(data, i, answers.subarray(i * rows.size, (i + 1) * rows.size));
    onProgress?.(i + 1, data.count);
  }
  return answers;
}
