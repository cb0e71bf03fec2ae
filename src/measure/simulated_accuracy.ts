/** Accuracy as the device will have it: every sample through the simulator. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../data/index.js';
import { fromReal } from '../data/values.js';
import { inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import { createSimulator, type Simulator } from '../simulator/simulator.js';
import { accuracyOf } from './accuracy.js';

export interface SimulatedAccuracyOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work between two samples by throwing its reason. */
  readonly signal?: AbortSignal;
}

/** @param dataset with labels; real values are quantized as TFLM's QUANTIZE does @returns share of samples whose largest output is the label */
export async function simulatedAccuracy(
  graph: Graph,
  dataset: Dataset,
  { onProgress, signal }: SimulatedAccuracyOptions = {},
): Promise<number> {
  const simulator = createSimulator(graph);
  const answers: Uint8Array[] = [];
  for (let i = 0; i < dataset.count; i++) {
    // Ctrl-C gets its turn.
    if (i % 16 === 0) await nextTurn();
    signal?.throwIfAborted();
    fill(simulator, graph, dataset, i);
    simulator.run();
    answers.push(simulator.outputs().slice());
    onProgress?.(i + 1, dataset.count);
  }
  return accuracyOf(graph, answers, dataset.labels!);
}

function fill(simulator: Simulator, graph: Graph, { inputs }: Dataset, i: number): void {
  graph.inputs.forEach((t, k) => {
    const tensor = graph.tensors[t]!;
    const n = elementCount(tensor.shape);
    const converted = fromReal(inputs[k]!.subarray(i * n, (i + 1) * n), tensor);
    if ('reason' in converted) {
      const message = `value ${converted.index} of sample ${i} ${converted.reason}`;
      throw inputError('data-values', message, 'Clean the data.');
    }
    (simulator.memory[t] as Float32Array).set(converted.data as Float32Array);
  });
}
