/** The logits of any graph for many samples: of a float one by TensorFlow.js, of any other by the simulator. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../../data/index.js';
import { fromReal, toReal } from '../../data/values.js';
import { inputError, throwIfErrors } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import { createSimulator, type Simulator } from '../../simulator/simulator.js';
import { checkComputable, checkInputs } from '../../train/check.js';
import { logitsOf } from '../../train/loss.js';
import { predict } from '../../train/predict.js';
import type { Backend } from '../../train/tensorflow.js';

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
  throwIfErrors(checkInputs(graph, data, 'the data'));
  const { tensor, beta } = logitsOf(beforeDequantize(graph));
  const values =
    checkComputable(graph).length === 0
      ? await predict(graph, data, { tensor, backend: options.backend })
      : await simulated(graph, data, tensor, options);
  return values.map((v) => beta * v);
}

/** A quantized model whose output is float32 ends in DEQUANTIZE, behind its SOFTMAX. */
function beforeDequantize(graph: Graph): Graph {
  const last = graph.ops.find((op) => op.outputs.includes(graph.outputs[0]!));
  return last?.type === 'DEQUANTIZE' ? { ...graph, outputs: [last.inputs[0]!] } : graph;
}

async function simulated(graph: Graph, data: Samples, tensor: number, options: LogitsOptions) {
  const { onProgress, signal } = options;
  const simulator = createSimulator(graph);
  const size = elementCount(graph.tensors[tensor]!.shape);
  const answers = new Float32Array(data.count * size);
  for (let i = 0; i < data.count; i++) {
    if (i % 16 === 0) await nextTurn();
    signal?.throwIfAborted();
    fill(simulator, graph, data, i);
    simulator.run();
    answers.set(toReal(simulator.memory[tensor]!, graph.tensors[tensor]!) as Float32Array, i * size);
    onProgress?.(i + 1, data.count);
  }
  return answers;
}

function fill(simulator: Simulator, graph: Graph, data: Samples, i: number): void {
  graph.inputs.forEach((t, k) => {
    const n = elementCount(graph.tensors[t]!.shape);
    const converted = fromReal(data.inputs[k]!.subarray(i * n, (i + 1) * n), graph.tensors[t]!);
    if ('reason' in converted) {
      const message = `value ${converted.index} of sample ${i} ${converted.reason}`;
      throw inputError('data-values', message, 'Clean the data.');
    }
    (simulator.memory[t] as Float32Array).set(converted.data as Float32Array);
  });
}
