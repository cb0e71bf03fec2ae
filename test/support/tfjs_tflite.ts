/**
 * The real TensorFlow Lite interpreter, as Google compiled it to WebAssembly (@tensorflow/tfjs-tflite), driven
 * in Node: proof that exported files are what other programs expect. It is made for browsers, so its emscripten
 * module gets a stand-in for the page it looks for. Its kernels are XNNPACK's: single rounding.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import type { TensorData } from '../../src/graph/graph.js';

interface TensorInfo {
  data(): Exclude<TensorData, BigInt64Array>;
  readonly shape: string;
}

interface TensorList {
  size(): number;
  get(i: number): TensorInfo;
}

interface Runner {
  GetInputs(): TensorList;
  GetOutputs(): TensorList;
  Infer(): boolean;
  delete(): void;
}

interface Module {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      pointer: number,
      bytes: number,
      options: object,
    ): { ok(): boolean; value(): Runner; errorMessage(): string };
  };
}

let loading: Promise<Module> | undefined;

function load(): Promise<Module> {
  const require = createRequire(import.meta.url);
  const script = require.resolve('@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd.js');
  const page = { currentScript: { src: script } };
  const code = `(function (self, document, module, exports) {${readFileSync(script, 'utf8')}
    return tflite_web_api_ModuleFactory; })`;
  const factory = runInThisContext(code)({ location: { href: script } }, page, undefined, undefined);
  const wasmBinary = readFileSync(script.replace(/\.js$/, '.wasm'));
  return factory({ wasmBinary, print: () => {}, printErr: () => {} });
}

/** One inference. Throws when TensorFlow Lite refuses the model. */
export async function runTflite(bytes: Uint8Array, inputs: readonly TensorData[]): Promise<TensorData[]> {
  loading ??= load();
  const module = await loading;
  const pointer = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, pointer);
  const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(pointer, bytes.length, {
    numThreads: 1,
    enableWebNNDelegate: false,
    webNNDevicePreference: 0,
    enableProfiling: false,
    maxProfilingBufferEntries: 0,
  });
  if (!created.ok()) throw new Error(`TensorFlow Lite refuses the model: ${created.errorMessage()}`);
  const runner = created.value();
  try {
    const list = (tensors: TensorList) => Array.from({ length: tensors.size() }, (_, i) => tensors.get(i));
    for (const [i, tensor] of list(runner.GetInputs()).entries()) tensor.data().set(inputs[i] as never);
    if (!runner.Infer()) throw new Error('TensorFlow Lite fails to run the model');
    return list(runner.GetOutputs()).map((tensor) => tensor.data().slice());
  } finally {
    runner.delete();
    module._free(pointer);
  }
}
