/** Samples as real values: what calibration and training look at. */
import type { Graph, TensorData } from '../graph/graph.js';
import { type DataSource, loadData } from './load.js';
import { convertInputs } from './samples.js';
import { asTheyAre, toReal } from './values.js';

export interface Dataset {
  readonly count: number;
  /** By position in graph.inputs: all samples back to back in the layout of the model. */
  readonly inputs: readonly Float32Array[];
  readonly labels?: Int32Array;
  /** What is to come out, where that is no label: samples back to back. */
  readonly targets?: Float32Array;
}

/** Reads .npz, .npy or .bin (dequantized where the model's inputs are quantized). @throws CrimpError as `readSamples` */
export function readDataset(source: DataSource, graph: Graph): Dataset {
  const loaded = loadData(source, graph);
  const tensors = graph.inputs.map((index) => graph.tensors[index]!);
  const inputs = convertInputs(loaded, tensors, (values, tensor) => {
    const own = loaded.raw ? toReal(values as TensorData, tensor) : values;
    return asTheyAre(own, { ...tensor, dtype: 'float32' });
  });
  const { count, labels, y } = loaded;
  const targets = !labels && y ? { targets: Float32Array.from(y.values as ArrayLike<number>, Number) } : {};
  return { count, inputs: inputs as Float32Array[], labels, ...targets };
}
