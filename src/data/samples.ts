/** Samples as the simulator and the boards take them: the inputs' own bytes. */
import { CrimpError, type Diagnostic, error } from '../diagnostics.js';
import { byteSize, elementCount } from '../graph/access.js';
import type { Graph, Tensor, TensorData } from '../graph/graph.js';
import { type FileValues, isInteger } from './file_array.js';
import { type DataSource, type Loaded, loadData, openData } from './load.js';
import { effective, normalized } from './normalize.js';
import type { ReadOptions } from './options.js';
import { asTheyAre, type Conversion, fromReal, isQuantized } from './values.js';

export interface Samples {
  readonly count: number;
  /** All inputs of sample i in the order of the model, raw little-endian. */
  bytes(i: number): Uint8Array;
  readonly labels?: Int32Array;
}

export interface DataOptions extends ReadOptions {
  /** Arrays hold the tensors' own integers, and outputs stay integers. */
  readonly raw?: boolean;
}

/**
 * Reads any file but no folder: real values, normalized as the model records and quantized as TFLM's QUANTIZE does (own
 * integers with `raw`); or .bin, which is raw.
 *
 * @throws CrimpError with every problem of the file, see `openData`; `data-values` for NaN, infinity and values that
 *   the input's dtype cannot hold
 */
export function readSamples(source: DataSource, graph: Graph, options: DataOptions = {}): Samples {
  return samplesOf(loadData(source, graph, options), graph, options);
}

/** Reads files and folders of images. @throws CrimpError as `readSamples` */
export async function loadSamples(
  source: DataSource,
  graph: Graph,
  options: DataOptions = {},
): Promise<Samples> {
  return samplesOf(await openData(source, graph, options), graph, options);
}

function samplesOf(read: Loaded, graph: Graph, options: DataOptions): Samples {
  const raw = read.raw || options.raw === true;
  const fed = effective(graph, { ...read, raw }, options);
  const loaded = raw ? read : normalizedInputs(read, fed);
  const tensors = graph.inputs.map((index) => graph.tensors[index]!);
  const convert = (values: FileValues, tensor: Tensor): Conversion => {
    if (loaded.raw) return { data: values as TensorData };
    if (!options.raw || !isQuantized(tensor)) return fromReal(values, tensor);
    if (!isInteger(values)) return { index: 0, reason: 'is a float, where raw data are integers' };
    return asTheyAre(values, tensor);
  };
  const takesRaw = ({ dtype }: Tensor) => `${dtype}; real values are quantized without \`--raw\``;
  const converted = convertInputs(loaded, tensors, convert, options.raw ? takesRaw : undefined);
  const parts = converted.map((data, i) => ({
    view: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    size: byteSize(tensors[i]!),
  }));
  const sampleBytes = parts.reduce((n, { size }) => n + size, 0);
  return {
    count: loaded.count,
    labels: loaded.labels,
    bytes(i) {
      const sample = new Uint8Array(sampleBytes);
      let offset = 0;
      for (const { view, size } of parts) {
        sample.set(view.subarray(i * size, (i + 1) * size), offset);
        offset += size;
      }
      return sample;
    },
  };
}

/** Real values as the graph's inputs take them; the tensors' own as they are. */
export function normalizedInputs(loaded: Loaded, { normalization }: Graph): Loaded {
  if (loaded.raw || !normalization) return loaded;
  const inputs = loaded.inputs.map((values, i) => {
    const own = normalization[i];
    return own ? normalized(values, own) : values;
  });
  return { ...loaded, inputs };
}

/** Converts every input, and gathers what cannot be converted. */
export function convertInputs(
  { file, inputs }: Loaded,
  tensors: readonly Tensor[],
  convert: (values: FileValues, tensor: Tensor) => Conversion,
  takes = (tensor: Tensor): string => (isQuantized(tensor) ? 'finite numbers' : tensor.dtype),
): TensorData[] {
  const problems: Diagnostic[] = [];
  const converted = inputs.map((values, i) => {
    const tensor = tensors[i]!;
    const result = convert(values, tensor);
    if ('data' in result) return result.data;
    const perSample = elementCount(tensor.shape);
    const place = `value ${result.index % perSample} of sample ${Math.floor(result.index / perSample)}`;
    const hint = `Clean the data: input "${tensor.name}" takes ${takes(tensor)}.`;
    problems.push(error('data-values', `${place} ${result.reason}`, hint, { file }));
    return undefined;
  });
  if (problems.length > 0) throw new CrimpError(problems);
  return converted as TensorData[];
}
