/** ONNX Runtime, Microsoft's own, compiled to WebAssembly (onnxruntime-web): what an ONNX model means, independently of crimp. */
import { pathToFileURL } from 'node:url';
import { environmentError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph, Shape, TensorData } from '../graph/graph.js';
import { type OptionalPackage, resolveOptional } from './optional_package.js';
import type { Runtime, RuntimeModel, RuntimeTensor } from './runtime.js';

type Ort = typeof import('onnxruntime-web');
type Session = Awaited<ReturnType<Ort['InferenceSession']['create']>>;

const needed: OptionalPackage = {
  file: 'onnxruntime-web',
  purpose: 'running an .onnx model beside crimp',
  command: 'npm install onnxruntime-web',
};

const name = 'ONNX Runtime';

export interface OnnxRuntime extends Runtime {
  /** The type of an output of the file: `float32`, `uint8`. */
  typeOf(output: string): string | undefined;
}

/** @throws CrimpError `missing-package` */
export async function loadOnnxRuntime(): Promise<Ort> {
  const loaded = (await import(pathToFileURL(resolveOptional(needed)).href)) as Ort & { default?: Ort };
  const ort = loaded.default ?? loaded;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ort;
}

/** @throws CrimpError `missing-package`; `runtime-refuses` with ONNX Runtime's own words */
export async function openOnnx({ bytes, graph, file }: RuntimeModel): Promise<OnnxRuntime> {
  const ort = await loadOnnxRuntime();
  const refused = (what: string) => (failure: unknown) => {
    const reason = failure instanceof Error ? failure.message : String(failure);
    const hint = 'Export the model with operators that onnxruntime-web has.';
    throw environmentError('runtime-refuses', `${name} ${what}: ${reason}`, hint, { file });
  };
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] }).catch(
    refused('refuses the model'),
  );
  return {
    name,
    version: `onnxruntime-web ${ort.env.versions.web}`,
    async run(inputs) {
      const feeds = graph.inputs.map((t, i) => {
        const { name: input, shape } = graph.tensors[t]!;
        const first = graph.channelsFirst?.[i] ?? false;
        const { dims, type } = declaredInput(session, input, shape, first);
        const data = first ? channelsTo(1, inputs[i]!, shape) : inputs[i]!;
        return [input, new ort.Tensor(type as 'float32', asType(type, data) as Float32Array, dims)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds)).catch(refused('fails to run the model'));
      return graph.outputs.map((_, i) => outputOf(results, graph, i));
    },
    typeOf(output) {
      const found = session.outputMetadata.find((m) => m.name === output);
      return found?.isTensor ? found.type : undefined;
    },
    close: () => session.release(),
  };
}

/** What the session takes: dimensions that the file leaves open are the graph's. */
function declaredInput(session: Session, input: string, shape: Shape, first: boolean) {
  const found = session.inputMetadata.find((m) => m.name === input);
  if (!found?.isTensor) return { type: 'float32', dims: [...shape] };
  const rank = found.shape.length;
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  // A signal [N, C, L] is an image of one row.
  const spatial = shape.slice(1, -1).slice(shape.length - rank);
  const dims = first
    ? [batch, channels, ...spatial]
    : shape.length === rank
      ? [...shape]
      : declared(found.shape);
  return { type: found.type as string, dims };
}

function declared(shape: readonly (number | string)[]): number[] {
  return shape.map((d) => (typeof d === 'number' && d > 0 ? d : 1));
}

/** The graph's integers as the file's: indices are int64 there, and uint8 is int8 here, 128 less. */
function asType(type: string, data: TensorData): TensorData {
  if (type === 'int64') return BigInt64Array.from(data as Int32Array, BigInt);
  return type === 'uint8' && data instanceof Int8Array ? Uint8Array.from(data, (q) => q + 128) : data;
}

function outputOf(
  results: Awaited<ReturnType<Session['run']>>,
  graph: Graph,
  i: number,
): RuntimeTensor | undefined {
  const { name: output, shape, dtype } = graph.tensors[graph.outputs[i]!]!;
  const found = results[output] ?? Object.values(results)[i];
  if (!found) return undefined;
  const unsigned = found.type === 'uint8' && dtype === 'int8';
  const data = unsigned
    ? Int8Array.from(found.data as Uint8Array, (q) => q - 128)
    : (found.data as TensorData);
  const tensor = { name: output, dtype: found.type, shape: [...found.dims], data };
  const [n, c, ...spatial] = found.dims as [number, number, ...number[]];
  const last = [n, ...spatial, c];
  if (spatial.length === 0 || !sameBut1(last, shape)) return tensor;
  const moved = channelsTo(-1, data, found.dims);
  if (!sameBut1(found.dims, shape)) return { ...tensor, shape: last, data: moved };
  return { ...tensor, otherwise: moved };
}

/** A signal [N, C, L] is an image of one row in the graph. */
function sameBut1(a: Shape, b: Shape): boolean {
  const rest = (shape: Shape) => shape.filter((d) => d !== 1).join();
  return rest(a) === rest(b);
}

/**
 * Images with their channels moved behind the batch (1) or to the end (−1).
 *
 * @param shape as the data lie: [N, ..., C] or [N, C, ...]
 */
export function channelsTo<T extends TensorData>(place: 1 | -1, data: T, shape: Shape): T {
  const n = shape[0]!;
  const channels = place === 1 ? shape.at(-1)! : shape[1]!;
  const size = elementCount(shape) / (n * channels);
  const [rows, columns] = place === 1 ? [size, channels] : [channels, size];
  const moved = data.slice() as T;
  for (let s = 0; s < n; s++) {
    const begin = s * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < columns; k++) moved[begin + k * rows + r] = data[begin + r * columns + k]!;
    }
  }
  return moved;
}
