/** One inference in ONNX Runtime: what an ONNX model means, independently of crimp. */
import { loadOnnxRuntime } from '../../src/runtimes/onnxruntime.js';

const ort = await loadOnnxRuntime();

export interface Values {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** One inference of a model with float inputs. Throws when ONNX Runtime refuses the model. */
export async function runOnnx(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Values>>,
): Promise<Record<string, Values>> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [
    name,
    new ort.Tensor('float32', data, dims),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
  );
}
