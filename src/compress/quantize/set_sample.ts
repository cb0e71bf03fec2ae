/** Samples into the inputs of simulators. */

import type { Dataset } from '../../data/index.js';
import { isQuantized } from '../../data/values.js';
import { elementCount, isState } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import type { Simulator } from '../../simulator/simulator.js';
import { type ActivationType, quantizeValues } from './parameters.js';

/** Puts sample i, of real values, into the inputs of a simulator of the graph, a float or an integer one. */
export function setSample(simulator: Simulator, graph: Graph, dataset: Dataset, i: number): void {
  graph.inputs.forEach((t, k) => {
    const tensor = graph.tensors[t]!;
    const n = elementCount(tensor.shape);
    const values = dataset.inputs[k]!.subarray(i * n, (i + 1) * n);
    const memory = simulator.memory[t]!;
    if (isQuantized(tensor)) {
      const { quantization, dtype } = tensor;
      (memory as Int8Array).set(quantizeValues(values, quantization!, dtype as ActivationType));
    } else if (memory instanceof BigInt64Array) memory.set(Array.from(values, BigInt));
    else memory.set(values);
  });
}

/**
 * Whether samples go on where those before them ended. Where an LSTM sees several steps of one inference, each sample is a
 * sequence of its own; any other state only makes sense within a stream.
 */
export function isStream(graph: Graph): boolean {
  const sequences = graph.ops.filter(
    (op) => op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' && stepsOf(graph, op.inputs[0]!, op.attributes) > 1,
  );
  const own = new Set(sequences.flatMap((op) => op.inputs));
  return graph.tensors.some((tensor, t) => isState(tensor) && !own.has(t));
}

function stepsOf(graph: Graph, input: number, { timeMajor }: { readonly timeMajor: boolean }): number {
  return graph.tensors[input]!.shape[timeMajor ? 0 : 1]!;
}
