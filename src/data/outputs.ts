/** A model's answers into a file. */
import { inputError } from '../diagnostics.js';
import { replaceFile } from '../files.js';
import type { Graph, Shape } from '../graph/graph.js';
import type { FileArray } from './file_array.js';
import { formatOfPath } from './format.js';
import { formatNpy } from './npy.js';
import { formatNpz } from './npz.js';
import { splitSamples } from './raw.js';
import type { DataOptions } from './samples.js';
import { toReal } from './values.js';

/**
 * Writes raw outputs (samples back to back, all outputs of a sample in order) as .bin, or as arrays with the samples on
 * the first axis: .npz names a single output `y` and several by their own names, .npy takes one. Arrays hold real
 * values, integers with `raw`. The file is written whole or not at all.
 *
 * @throws CrimpError `data-format`, `cannot-write`
 */
export function writeOutputs(
  file: string,
  graph: Graph,
  outputs: Uint8Array,
  options: DataOptions = {},
): void {
  const format = formatOfPath(file);
  if (format === 'bin') {
    replaceFile(file, outputs);
    return;
  }
  const arrays = outputArrays(graph, outputs, options);
  if (format === 'npz') {
    replaceFile(file, formatNpz(arrays));
    return;
  }
  if (arrays.length !== 1) {
    const message = `the model has ${arrays.length} outputs, and an .npy file holds one array`;
    throw inputError('data-format', message, 'Write an .npz file.', { file });
  }
  replaceFile(file, formatNpy(arrays[0]![1]));
}

/** Raw outputs as one named array for each, with the samples on the first axis; real values, integers with `raw`. */
export function outputArrays(
  graph: Graph,
  outputs: Uint8Array,
  options: DataOptions = {},
): [name: string, array: FileArray][] {
  const tensors = graph.outputs.map((index) => graph.tensors[index]!);
  const { count, values } = splitSamples(tensors, outputs);
  return tensors.map((tensor, i) => {
    const shape = [count, ...withoutBatch(tensor.shape)];
    return [
      tensors.length === 1 ? 'y' : tensor.name,
      { values: options.raw ? values[i]! : toReal(values[i]!, tensor), shape },
    ];
  });
}

/** The samples' axis takes the place of a batch axis of length 1. */
function withoutBatch(shape: Shape): Shape {
  return shape[0] === 1 ? shape.slice(1) : shape;
}
