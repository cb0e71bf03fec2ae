/** A model's outputs in another runtime and in the simulator, on the same samples. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Graph, TensorData } from '../graph/graph.js';
import { createSimulator } from '../simulator/simulator.js';
import { type Agreement, comparer } from './compare.js';
import type { Runtime, RuntimeTensor } from './runtime.js';

export interface SampleSource {
  readonly count: number;
  /** All inputs of sample i in the order of the graph, raw little-endian. */
  bytes(i: number): Uint8Array;
}

export interface ComparedOutputs {
  /** By output. */
  readonly agreements: readonly Agreement[];
  /** The runtime's values by sample and output. */
  readonly answers: readonly (readonly (TensorData | undefined)[])[];
}

export async function compareOutputs(
  graph: Graph,
  runtime: Runtime,
  samples: SampleSource,
  onSample?: (done: number) => void,
): Promise<ComparedOutputs> {
  const simulator = createSimulator(graph);
  const comparers = graph.outputs.map((t) => comparer(graph.tensors[t]!));
  const answers: (TensorData | undefined)[][] = [];
  for (let sample = 0; sample < samples.count; sample++) {
    // Ctrl-C gets its turn.
    await nextTurn();
    simulator.setInputs(samples.bytes(sample));
    const given = await runtime.run(graph.inputs.map((t) => simulator.memory[t]!));
    simulator.run();
    const theirs = graph.outputs.map((t, i) => given[i] && nearer(simulator.memory[t]!, given[i]));
    graph.outputs.forEach((t, i) => {
      comparers[i]!.add(sample, simulator.memory[t]!, theirs[i]);
    });
    answers.push(theirs);
    onSample?.(sample + 1);
  }
  return { agreements: comparers.map((compare) => compare.result()), answers };
}

/** Values in the order of axes in which they are ours, where the shape does not tell: the one that is more alike. */
export function nearer(ours: TensorData, { data, otherwise }: RuntimeTensor): TensorData {
  return otherwise && distance(ours, otherwise) < distance(ours, data) ? otherwise : data;
}

function distance(a: TensorData, b: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(Number(a[i]) - Number(b[i]));
  return sum;
}
