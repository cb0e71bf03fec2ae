/** One inference in ONNX Runtime: what an ONNX model means, independently of crimp. */
import { loadOnnxRuntime } from '../../src/runtimes/onnxruntime.js';

const ort = await loadOnnxRuntime();

export interface Values {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What a model is given: its inputs' own type, by the type of the array. */
export interface Fed {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int8Array | Uint8Array | Int16Array;
}

const typeOf = ({ data }: Fed) =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof Uint8Array
      ? 'uint8'
      : data instanceof Int8Array
        ? 'int8'
        : 'int16';

/** One inference. Throws when ONNX Runtime refuses the model. */
export async function runOnnx(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Fed>>,
): Promise<Record<string, Values>> {
  return (await runOnnxSamples(bytes, [inputs]))[0]!;
}

/** An inference for each of the samples. Throws when ONNX Runtime refuses the model. */
export async function runOnnxSamples(
  bytes: Uint8Array,
  samples: readonly Readonly<Record<string, Fed>>[],
): Promise<Record<string, Values>[]> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const found: Record<string, Values>[] = [];
  for (const inputs of samples) {
    const feeds = Object.entries(inputs).map(([name, fed]) => [
      name,
      new ort.Tensor(typeOf(fed), fed.data, fed.dims),
    ]);
    const results = Object.entries(await session.run(Object.fromEntries(feeds)));
    found.push(
      Object.fromEntries(
        results.map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
      ),
    );
  }
  await session.release();
  return found;
}
