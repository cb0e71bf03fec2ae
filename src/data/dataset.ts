/** Samples as real values: what calibration and training look at. */
import type { Graph, TensorData } from '../graph/graph.js';
import { type DataSource, type Loaded, loadData, openData } from './load.js';
import { effective } from './normalize.js';
import type { ReadOptions } from './options.js';
import { convertInputs, normalizedInputs } from './samples.js';
import { asTheyAre, toReal } from './values.js';

export interface Dataset {
  readonly count: number;
  /** By position in graph.inputs: all samples back to back in the layout of the model, normalized as it records. */
  readonly inputs: readonly Float32Array[];
  readonly labels?: Int32Array;
  /** What is to come out, where that is no label: samples back to back. */
  readonly targets?: Float32Array;
}

/** Reads any file (.bin is dequantized where the model's inputs are quantized), but no folder. @throws CrimpError as `readSamples` */
export function readDataset(source: DataSource, graph: Graph, options: ReadOptions = {}): Dataset {
  return datasetOf(loadData(source, graph, options), graph, options);
}

/** Reads files and folders of images. @throws CrimpError as `readSamples` */
export async function loadDataset(
  source: DataSource,
  graph: Graph,
  options: ReadOptions = {},
): Promise<Dataset> {
  return datasetOf(await openData(source, graph, options), graph, options);
}

export interface Prepared {
  /** With what the data decide: their normalization, when `normalize` asks for one, and the names of their classes. */
  readonly graph: Graph;
  readonly dataset: Dataset;
}

/**
 * Data that decide how a model is to be fed from now on: read the others (validation) with the graph that comes back.
 *
 * @throws CrimpError as `readSamples`; `bad-usage` for a normalization that cannot be
 */
export async function prepareDataset(
  source: DataSource,
  graph: Graph,
  options: ReadOptions = {},
): Promise<Prepared> {
  const loaded = await openData(source, graph, options);
  const named = loaded.classes ? { ...graph, classes: loaded.classes } : graph;
  const prepared = effective(named, loaded, options);
  return { graph: prepared, dataset: datasetOf(loaded, prepared) };
}

function datasetOf(loaded: Loaded, graph: Graph, options: ReadOptions = {}): Dataset {
  const tensors = graph.inputs.map((index) => graph.tensors[index]!);
  const read = normalizedInputs(loaded, effective(graph, loaded, options));
  const inputs = convertInputs(read, tensors, (values, tensor) => {
    const own = loaded.raw ? toReal(values as TensorData, tensor) : values;
    return asTheyAre(own, { ...tensor, dtype: 'float32' });
  });
  const { count, labels, y } = loaded;
  const targets = !labels && y ? { targets: Float32Array.from(y.values as ArrayLike<number>, Number) } : {};
  return { count, inputs: inputs as Float32Array[], labels, ...targets };
}
