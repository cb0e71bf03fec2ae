/**
 * The real TensorFlow Lite interpreter, as Google compiled it to WebAssembly (@tensorflow/tfjs-tflite), driven in Node. It is
 * made for browsers, so its emscripten module gets a stand-in for the page that it looks for. XNNPACK's kernels take what
 * they can, TFLite's own optimized ones the rest.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { environmentError } from '../diagnostics.js';
import { readModel } from '../formats/tflite/reader.js';
import { restartsName } from '../formats/tflite/restarts.js';
import type { TensorData } from '../graph/graph.js';
import { type OptionalPackage, resolveOptional } from './optional_package.js';
import type { Runtime, RuntimeTensor } from './runtime.js';

interface TensorInfo {
  /** A view of the module's memory, which moves when that grows. */
  data(): TensorData;
  readonly name: string;
  readonly dataType: string;
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

interface Loaded {
  readonly module: Module;
  readonly version: string;
  /** Takes what the interpreter has said of errors since. */
  complaints(): string;
}

const needed: OptionalPackage = {
  file: '@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd.js',
  purpose: 'running a .tflite model beside crimp',
  // It pins TensorFlow.js' core to a release before crimp's, which it does not use in Node.
  command: 'npm install --legacy-peer-deps @tensorflow/tfjs-tflite@0.0.1-alpha.10',
};

let loading: Promise<Loaded> | undefined;

async function load(): Promise<Loaded> {
  const script = resolveOptional(needed);
  const page = { currentScript: { src: script } };
  const code = `(function (self, document, module, exports) {${readFileSync(script, 'utf8')}
    return tflite_web_api_ModuleFactory; })`;
  const factory = runInThisContext(code)({ location: { href: script } }, page, undefined, undefined);
  const wasmBinary = readFileSync(script.replace(/\.js$/, '.wasm'));
  let said: string[] = [];
  const module = await factory({ wasmBinary, print: () => {}, printErr: (line: string) => said.push(line) });
  const manifest = path.join(path.dirname(script), '..', 'package.json');
  return {
    module,
    version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version,
    complaints() {
      const errors = said.flatMap((line) => /^ERROR: (.*)/.exec(line)?.[1] ?? []);
      said = [];
      return errors.filter((line) => line !== 'Registration failed.').join(' ');
    },
  };
}

const name = 'TensorFlow Lite';
const hint =
  'tfjs-tflite knows fewer operators, and older versions of them, than TensorFlow Lite Micro. `crimp validate` needs no other runtime.';

/**
 * Loads a .tflite, whose inputs and outputs stand in the file's order.
 *
 * @throws CrimpError `missing-package`; `runtime-refuses` with the interpreter's own words
 */
export async function openTflite(bytes: Uint8Array, file?: string): Promise<Runtime> {
  const { module, version, complaints } = await loaded();
  const refuse = (what: string, reason: string) =>
    environmentError('runtime-refuses', `${name} ${what}: ${reason}`, hint, { file });
  /** A trap leaves the module's memory as it may be: the next model gets a new one. */
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (trap) {
      loading = undefined;
      throw refuse('breaks down over the model', trap instanceof Error ? trap.message : String(trap));
    }
  };
  complaints();
  const pointer = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, pointer);
  const create = () =>
    guarded(() =>
      module.TFLiteWebModelRunner.CreateFromBufferAndOptions(pointer, bytes.length, {
        numThreads: 1,
        enableWebNNDelegate: false,
        webNNDevicePreference: 0,
        enableProfiling: false,
        maxProfilingBufferEntries: 0,
      }),
    );
  const created = create();
  if (!created.ok()) {
    module._free(pointer);
    throw refuse('refuses the model', complaints() || created.errorMessage());
  }
  let runner = created.value();
  // The interpreter cannot be told to forget; another one has nothing to.
  const restarts = readModel(bytes).model?.metadata?.some((entry) => entry.name === restartsName) ?? false;
  let used = false;
  return {
    name,
    version: `tfjs-tflite ${version}`,
    async run(inputs) {
      if (restarts && used) {
        guarded(() => runner.delete());
        runner = create().value();
      }
      used = true;
      const infer = () => {
        for (const [i, tensor] of list(runner.GetInputs()).entries()) tensor.data().set(inputs[i] as never);
        return runner.Infer();
      };
      if (!guarded(infer)) throw refuse('fails to run the model', complaints() || 'it gives no reason');
      return guarded(() => list(runner.GetOutputs()).map(copyOf));
    },
    async close() {
      guarded(() => runner.delete());
      module._free(pointer);
    },
  };
}

function loaded(): Promise<Loaded> {
  loading ??= load().catch((failure) => {
    loading = undefined;
    throw failure;
  });
  return loading;
}

function list(tensors: TensorList): TensorInfo[] {
  return Array.from({ length: tensors.size() }, (_, i) => tensors.get(i));
}

function copyOf(tensor: TensorInfo): RuntimeTensor {
  return {
    name: tensor.name,
    dtype: tensor.dataType,
    shape: tensor.shape === '' ? [] : tensor.shape.split(',').map(Number),
    data: tensor.data().slice(),
  };
}
