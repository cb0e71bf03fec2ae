/** Runs a model in TensorFlow.js and, imported, in the simulator, on the same random values. */
import assert from 'node:assert/strict';
import type * as T from '@tensorflow/tfjs';
import { withTemporaryFolder } from '../../src/files.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { importLayersModel } from '../../src/importers/tfjs/from_layers_model.js';
import { readModelFile } from '../../src/model_file.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { randomize, type SaveOptions, saveModel, tf } from '../support/tfjs_models.js';

/** Float sums in another order: relative to the largest value of the output. */
export const tolerance = 1e-5;

/** The graph of a model that went through model.json and shards. */
export function throughFile(model: T.LayersModel, options?: SaveOptions): Promise<Graph> {
  return withTemporaryFolder(async (folder) => {
    const file = readModelFile(await saveModel(model, folder, options));
    return importModel(file.bytes, file);
  });
}

/** Largest difference over all outputs, relative to the largest value of each. */
export function difference(model: T.LayersModel, graph: Graph, seed: number): number {
  const rng = random(seed);
  const simulator = createSimulator(graph);
  const inputs = graph.inputs.map((t) => {
    const { shape } = graph.tensors[t]!;
    const values = Float32Array.from({ length: elementCount(shape) }, () => 2 * rng.next() - 1);
    (simulator.memory[t] as Float32Array).set(values);
    return tf.tensor(values, [...shape]);
  });
  const expected = [model.predict(inputs)].flat() as T.Tensor[];
  simulator.run();
  assert.equal(graph.outputs.length, expected.length);
  return graph.outputs.reduce((worst, t, i) => {
    assert.deepEqual([...graph.tensors[t]!.shape], expected[i]!.shape);
    const [actual, wanted] = [simulator.memory[t] as Float32Array, expected[i]!.dataSync() as Float32Array];
    const largest = wanted.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    return actual.reduce((m, v, k) => Math.max(m, Math.abs(v - wanted[k]!) / largest), worst);
  }, 0);
}

/** Random weights; both ways in give the same graph, and that graph answers as TensorFlow.js does. */
export async function sameAsTensorflow(model: T.LayersModel, seed = 1): Promise<Graph> {
  randomize(model, random(seed).next);
  const graph = await throughFile(model, { shardBytes: 1000 });
  assert.deepEqual(importLayersModel(model, { name: graph.name }), graph);
  const found = difference(model, graph, seed + 1);
  assert.ok(found <= tolerance, `differs by ${found}`);
  return graph;
}
