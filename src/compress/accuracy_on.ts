/** The share of samples that a graph classifies as labeled: a float one by TensorFlow.js, an integer one by the simulator. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../data/index.js';
import type { Graph } from '../graph/graph.js';
import { createSimulator } from '../simulator/simulator.js';
import { type PredictOptions, predict } from '../train/predict.js';
import { argMax } from './quantize/compare.js';
import { setSample } from './quantize/set_sample.js';

export interface AccuracyOptions extends Pick<PredictOptions, 'backend'> {
  /** Ends the work between two samples by throwing its reason. */
  readonly signal?: AbortSignal;
}

/** @param data labeled, in real values */
export async function accuracyOn(
  graph: Graph,
  data: Dataset,
  options: AccuracyOptions = {},
): Promise<number> {
  const float = graph.ops.every(({ outputs }) => outputs.every((t) => isFloat(graph, t)));
  const found = await (float ? predicted : simulated)(graph, data, options);
  return found.filter((label, i) => label === data.labels![i]).length / data.count;
}

function isFloat(graph: Graph, tensor: number): boolean {
  return graph.tensors[tensor]!.dtype === 'float32';
}

async function predicted(graph: Graph, data: Dataset, { backend }: AccuracyOptions): Promise<number[]> {
  const answers = await predict(graph, data, { backend });
  const classes = answers.length / data.count;
  return Array.from({ length: data.count }, (_, i) =>
    argMax(answers.subarray(i * classes, (i + 1) * classes)),
  );
}

async function simulated(graph: Graph, data: Dataset, { signal }: AccuracyOptions): Promise<number[]> {
  const simulator = createSimulator(graph);
  const found: number[] = [];
  for (let i = 0; i < data.count; i++) {
    // Ctrl-C gets its turn.
    if (i % 16 === 0) await nextTurn();
    signal?.throwIfAborted();
    setSample(simulator, graph, data, i);
    simulator.run();
    found.push(argMax(simulator.memory[graph.outputs[0]!] as Int8Array));
  }
  return found;
}
