/** Samples into the inputs of simulators. */
import type { Dataset } from '../../data/index.js';
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import type { Simulator } from '../../simulator/simulator.js';
import { type ActivationType, quantizeValues } from './parameters.js';

/** Puts sample i into the inputs of a simulator of the graph. */
export type Fill = (simulator: Simulator, graph: Graph, dataset: Dataset, i: number) => void;

/** Real values, into a float graph. */
export const setSample: Fill = (simulator, graph, dataset, i) => {
  graph.inputs.forEach((t, k) => {
    (simulator.memory[t] as Float32Array).set(valuesOf(graph, k, dataset, i));
  });
};

/** Quantized ones, into an integer graph. */
export const setQuantizedSample: Fill = (simulator, graph, dataset, i) => {
  graph.inputs.forEach((t, k) => {
    const { quantization, dtype } = graph.tensors[t]!;
    const values = valuesOf(graph, k, dataset, i);
    (simulator.memory[t] as Int8Array).set(quantizeValues(values, quantization!, dtype as ActivationType));
  });
};

function valuesOf(graph: Graph, k: number, dataset: Dataset, i: number): Float32Array {
  const n = elementCount(graph.tensors[graph.inputs[k]!]!.shape);
  return dataset.inputs[k]!.subarray(i * n, (i + 1) * n);
}
