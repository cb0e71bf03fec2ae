/** A tf.LayersModel in memory → Graph. Needs the types of TensorFlow.js only: the model brings its own. */
import type { LayersModel } from '@tensorflow/tfjs';
import { throwIfErrors } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { importTopology } from './import.js';
import type { Weight } from './weights.js';

/** The model as it is now, as a sound graph of batch 1. @throws CrimpError with all of its problems */
export function importLayersModel(
  model: Pick<LayersModel, 'toJSON' | 'weights'>,
  options: { readonly name: string },
): Graph {
  const weights = model.weights.map((variable): Weight => {
    const value = variable.read();
    const read = () => Float32Array.from(value.dataSync());
    return { name: variable.originalName, shape: value.shape, dtype: value.dtype, read };
  });
  const topology: unknown = JSON.parse(model.toJSON(null, true) as string);
  const { graph, diagnostics } = importTopology(topology, weights, options, []);
  throwIfErrors([...diagnostics, ...checkGraph(graph)]);
  return graph;
}
