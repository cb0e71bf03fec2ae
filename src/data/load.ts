/** A file of samples, in whichever format, as one array for each input of the model. */
import path from 'node:path';
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import { readInputFile } from '../files.js';
import type { Graph, Shape, Tensor } from '../graph/graph.js';
import type { FileArray, FileValues } from './file_array.js';
import { labelsOf } from './labels.js';
import { isNpy, parseNpy } from './npy.js';
import { parseNpz } from './npz.js';
import { sampleSize, splitSamples } from './raw.js';

/** A path, or the bytes of an .npz, .npy or .bin file. */
export type DataSource = string | Uint8Array;

export interface Loaded {
  /** For diagnostics. */
  readonly file: string;
  readonly count: number;
  /** By position in graph.inputs: all samples, one after the other, in the layout of the model. */
  readonly inputs: readonly FileValues[];
  readonly labels?: Int32Array;
  /** The array `y`, whatever it holds. */
  readonly y?: FileArray;
  /** True for .bin: these are the tensors' own values, not real ones. */
  readonly raw: boolean;
}

type Format = 'npz' | 'npy' | 'bin';

/** @throws CrimpError with every problem of the file: `cannot-read`, `data-format`, `data-missing`, `data-shape`. */
export function loadData(source: DataSource, graph: Graph): Loaded {
  const file = typeof source === 'string' ? source : 'the data';
  const bytes = typeof source === 'string' ? readInputFile(source, 'Give the path of a data file.') : source;
  const format = typeof source === 'string' ? formatOfPath(source) : formatOfBytes(source);
  if (format === 'bin') return loadBin(bytes, graph, file);
  const arrays = format === 'npz' ? parseNpz(bytes, file) : new Map([['x', parseNpy(bytes, file)] as const]);
  return loadArrays(arrays, graph, file);
}

/** By the name's ending. @throws CrimpError `data-format` for any other */
export function formatOfPath(file: string): Format {
  const ending = path.extname(file).slice(1).toLowerCase();
  if (ending === 'npz' || ending === 'npy' || ending === 'bin') return ending;
  const hint = 'Use .npz or .npy (real values) or .bin (raw little-endian tensors).';
  throw inputError('data-format', `its name ends in none of .npz, .npy, .bin`, hint, { file });
}

function formatOfBytes(bytes: Uint8Array): Format {
  if (isNpy(bytes)) return 'npy';
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? 'npz' : 'bin';
}

function loadBin(bytes: Uint8Array, graph: Graph, file: string): Loaded {
  const tensors = graph.inputs.map((index) => graph.tensors[index]!);
  const sampleBytes = sampleSize(tensors);
  if (bytes.length === 0 || bytes.length % sampleBytes !== 0) {
    const message = `is ${bytes.length} bytes, not a multiple of the ${sampleBytes} bytes of one sample`;
    const hint = `A .bin file holds raw little-endian tensors: ${tensors.map(described).join(', then ')} for each sample.`;
    throw inputError('data-shape', message, hint, { file });
  }
  const { count, values } = splitSamples(tensors, bytes);
  return { file, count, inputs: values, raw: true };
}

function loadArrays(arrays: Map<string, FileArray>, graph: Graph, file: string): Loaded {
  const problems: Diagnostic[] = [];
  const found: FileArray[] = [];
  for (const index of graph.inputs) {
    const tensor = graph.tensors[index]!;
    const array = arrayFor(tensor, arrays, graph.inputs.length);
    const problem = array ? shapeProblem(array, tensor, file) : missing(tensor, arrays, graph, file);
    if (problem) problems.push(problem);
    else found.push(array!);
  }
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

/** `x`, or the only array there is, stands for the only input; several go by name. */
function arrayFor(tensor: Tensor, arrays: Map<string, FileArray>, inputs: number): FileArray | undefined {
  const named = arrays.get(tensor.name);
  if (named || inputs > 1) return named;
  const others = [...arrays.keys()].filter((name) => name !== 'y');
  return arrays.get('x') ?? (others.length === 1 ? arrays.get(others[0]!) : undefined);
}

function missing(tensor: Tensor, arrays: Map<string, FileArray>, graph: Graph, file: string): Diagnostic {
  const wanted = graph.inputs.length === 1 ? 'x' : tensor.name;
  const names = [...arrays.keys()].join(', ') || 'nothing';
  const hint = `Save the samples as numpy.savez(file, **{'${wanted}': samples}).`;
  return error('data-missing', `has no array "${wanted}"; it holds ${names}`, hint, { file });
}

function shapeProblem(array: FileArray, tensor: Tensor, file: string): Diagnostic | undefined {
  const sample = array.shape.slice(1);
  if (array.shape.length > 0 && sameButForOnes(sample, tensor.shape)) return undefined;
  const message = `holds an array of shape [${array.shape}], and a sample of input "${tensor.name}" has shape [${tensor.shape}]`;
  const hint =
    'Put the samples on the first axis and keep the layout of the model; only axes of length 1 may differ.';
  return error('data-shape', message, hint, { file });
}

function sameButForOnes(a: Shape, b: Shape): boolean {
  const long = (shape: Shape) => shape.filter((n) => n !== 1).join();
  return long(a) === long(b);
}

function described(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape}]`;
}
