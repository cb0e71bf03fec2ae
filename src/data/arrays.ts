/** Named arrays of a file, one for each input of the model, samples on the first axis. */
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import type { Graph, Shape, Tensor } from '../graph/graph.js';
import { channelsFirstShape, channelsToEnd } from './channels_first.js';
import type { FileArray } from './file_array.js';
import { labelsOf } from './labels.js';
import type { Loaded } from './load.js';

/** @throws CrimpError `data-missing`, `data-shape` */
export function loadArrays(arrays: ReadonlyMap<string, FileArray>, graph: Graph, file: string): Loaded {
  const problems: Diagnostic[] = [];
  const found: FileArray[] = [];
  graph.inputs.forEach((index, i) => {
    const tensor = graph.tensors[index]!;
    const given = arrayFor(tensor, arrays, graph.inputs.length);
    const array = given && inLayout(given, tensor, graph.channelsFirst?.[i] ?? false);
    const problem = array
      ? shapeProblem(array, tensor, file, graph.channelsFirst?.[i] ?? false)
      : missing(tensor, arrays, graph, file);
    if (problem) problems.push(problem);
    else found.push(array!);
  });
  if (problems.length > 0) throw new CrimpError(problems);
  const count = found[0]?.shape[0] ?? 0;
  if (count === 0) throw inputError('data-shape', 'holds no samples', 'Put at least one in.', { file });
  const other = found.find((array) => array.shape[0] !== count);
  if (other) {
    const message = `holds ${count} samples of one input and ${other.shape[0]} of another`;
    throw inputError('data-shape', message, 'Give every input the same number of samples.', { file });
  }
  const y = arrays.get('y');
  const labels = labelsOf(y, count, file);
  return { file, count, inputs: found.map((array) => array.values), labels, y, raw: false };
}

/**
 * Of an input whose data are channels first the array with the channels last, unless it is so already: only then its shape
 * fits the tensor and not the other layout.
 */
function inLayout(array: FileArray, { shape }: Tensor, channelsFirst: boolean): FileArray {
  if (!channelsFirst || !sameButForOnes(array.shape.slice(1), channelsFirstShape(shape))) return array;
  return { values: channelsToEnd(array.values, shape), shape: [...array.shape.slice(0, 1), ...shape] };
}

/** `x`, or the only array there is, stands for the only input; several go by name. */
function arrayFor(
  tensor: Tensor,
  arrays: ReadonlyMap<string, FileArray>,
  inputs: number,
): FileArray | undefined {
  const named = arrays.get(tensor.name);
  if (named || inputs > 1) return named;
  const others = [...arrays.keys()].filter((name) => name !== 'y');
  return arrays.get('x') ?? (others.length === 1 ? arrays.get(others[0]!) : undefined);
}

function missing(
  tensor: Tensor,
  arrays: ReadonlyMap<string, FileArray>,
  graph: Graph,
  file: string,
): Diagnostic {
  const wanted = graph.inputs.length === 1 ? 'x' : tensor.name;
  const names = [...arrays.keys()].join(', ') || 'nothing';
  const hint = `Save the samples as numpy.savez(file, **{'${wanted}': samples}).`;
  return error('data-missing', `has no array "${wanted}"; it holds ${names}`, hint, { file });
}

function shapeProblem(
  array: FileArray,
  tensor: Tensor,
  file: string,
  channelsFirst: boolean,
): Diagnostic | undefined {
  const sample = array.shape.slice(1);
  if (array.shape.length > 0 && sameButForOnes(sample, tensor.shape)) return undefined;
  const message = `holds an array of shape [${array.shape}], and a sample of input "${tensor.name}" has shape [${tensor.shape}]${channelsFirst ? ` or [${channelsFirstShape(tensor.shape)}]` : ''}`;
  const hint =
    'Put the samples on the first axis and keep the layout of the model; only axes of length 1 may differ.';
  return error('data-shape', message, hint, { file });
}

function sameButForOnes(a: Shape, b: Shape): boolean {
  const long = (shape: Shape) => shape.filter((n) => n !== 1).join();
  return long(a) === long(b);
}
