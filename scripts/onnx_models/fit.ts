/** Trains a network with crimp's own trainer, and brings the weights back to where PyTorch has them. */
import { type Dataset, readDataset } from '../../src/data/index.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import type { TrainOptions } from '../../src/train/options.js';
import { train } from '../../src/train/train.js';
import { exportTorch, type Parameters, type TorchNetwork } from './torch_graph.js';

/** Numbers of places begin above whatever other constants a network has. */
const first = 1000;

/** The graph that training sees. */
function imported(network: TorchNetwork, parameters: Parameters): Graph {
  const bytes = exportTorch(network, parameters, { norms: 'fresh', statesGiven: true });
  return importModel(bytes, { name: network.name });
}

/** Initial states are 0. */
function datasetOf(data: Uint8Array, graph: Graph): Dataset {
  const [x, ...states] = graph.inputs;
  const dataset = readDataset(data, { ...graph, inputs: [x!] });
  const zeros = states.map((t) => new Float32Array(dataset.count * elementCount(graph.tensors[t]!.shape)));
  return { ...dataset, inputs: [...dataset.inputs, ...zeros] };
}

/**
 * @param parameters what is known of the network's; all of them afterwards
 * @param data .npz
 */
export async function fit(
  network: TorchNetwork,
  data: Uint8Array,
  options: TrainOptions,
  parameters: Parameters = new Map(),
): Promise<Parameters> {
  const graph = imported(network, parameters);
  const { graph: trained } = await train(graph, datasetOf(data, graph), options);
  // Importers rearrange weights: a network whose weights are their own places tells how.
  const found: Parameters = new Map([...parameters].map(([name, values]) => [name, values.slice()]));
  const places: { readonly values: Float32Array; readonly index: number }[] = [];
  const numbered: Parameters = new Map();
  for (const [name, values] of found) {
    // Of two biases that are added up one is 0 and stays it.
    if (values.every((v) => v === 0) && name.includes('bias_hh')) continue;
    numbered.set(
      name,
      Float32Array.from(values, (_, index) => first + places.push({ values, index })),
    );
  }
  imported(network, numbered).tensors.forEach(({ data: numbers }, t) => {
    if (!(numbers instanceof Float32Array)) return;
    const values = trained.tensors[t]!.data as Float32Array;
    numbers.forEach((number, i) => {
      const place = places[Math.round(number) - first - 1];
      if (place) place.values[place.index] = values[i]!;
    });
  });
  return found;
}
