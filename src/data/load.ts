/** Samples in whichever format, as one array for each input of the model. */
import { statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { inputError, throwIfErrors } from '../diagnostics.js';
import { readInputFile } from '../files.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { loadArrays } from './arrays.js';
import { parseCsv } from './csv.js';
import type { FileArray, FileValues } from './file_array.js';
import { formatOfBytes, type InputFormat, inputFormatOf } from './format.js';
import { labelsBeside, parseIdx } from './idx.js';
import { labelProblems, labelsOf } from './labels.js';
import { parseNpy } from './npy.js';
import { parseNpz } from './npz.js';
import type { ReadOptions } from './options.js';
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
  /** What the labels are called, where the data name them. */
  readonly classes?: readonly string[];
  /** The array `y`, whatever it holds. */
  readonly y?: FileArray;
  /** True for .bin: these are the tensors' own values, not real ones. */
  readonly raw: boolean;
}

/** All but folders of images, which cannot be read at once. @throws CrimpError as `openData`; `data-format` for a folder */
export function loadData(source: DataSource, graph: Graph, options: ReadOptions = {}): Loaded {
  if (isFolder(source)) {
    const hint = 'Wait for loadDataset() or loadSamples().';
    throw inputError('data-format', 'is a folder, which is read asynchronously', hint, { file: source });
  }
  return sound(loadFile(source, graph, options), graph);
}

/**
 * Files, and folders of images.
 *
 * @throws CrimpError with every problem of the data: `cannot-read`, `data-format`, `data-missing`, `data-shape`,
 *   `data-values`, `data-labels`
 */
export async function openData(source: DataSource, graph: Graph, options: ReadOptions = {}): Promise<Loaded> {
  if (!isFolder(source)) return loadData(source, graph, options);
  const { loadImages } = await import('./images.js');
  return sound(await loadImages(source, graph, options), graph);
}

function isFolder(source: DataSource): source is string {
  return typeof source === 'string' && statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
}

function sound(loaded: Loaded, graph: Graph): Loaded {
  throwIfErrors(labelProblems(loaded.labels, graph, loaded.file));
  return loaded;
}

function loadFile(source: DataSource, graph: Graph, options: ReadOptions): Loaded {
  if (typeof source !== 'string') return parsed(source, formatOfBytes(source), graph, 'the data', options);
  const format = inputFormatOf(source);
  return parsed(bytesOf(source), format, graph, source, options);
}

function parsed(
  bytes: Uint8Array,
  format: InputFormat,
  graph: Graph,
  file: string,
  options: ReadOptions,
): Loaded {
  switch (format) {
    case 'bin':
      return loadBin(bytes, graph, file);
    case 'csv': {
      const { count, inputs, y, classes } = parseCsv(bytes, graph, file, options);
      return { file, count, inputs, y, classes, labels: labelsOf(y, count, file), raw: false };
    }
    case 'npz':
      return loadArrays(parseNpz(bytes, file), graph, file);
    case 'npy':
      return loadArrays(new Map([['x', parseNpy(bytes, file)]]), graph, file);
    case 'idx': {
      const arrays = new Map([['x', parseIdx(bytes, file)]]);
      const labels = labelsBeside(file);
      if (labels !== undefined) arrays.set('y', parseIdx(bytesOf(labels), labels));
      return loadArrays(arrays, graph, file);
    }
  }
}

/** @throws CrimpError `cannot-read`, `data-format` */
function bytesOf(file: string): Uint8Array {
  const bytes = readInputFile(file, 'Give the path of a data file.');
  if (!/\.gz$/i.test(file)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    const message = `cannot be unpacked (${(cause as Error).message})`;
    throw inputError('data-format', message, 'Download or compress the file again.', { file });
  }
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

function described(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape}]`;
}
