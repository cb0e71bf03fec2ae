/**
 * TensorFlow.js, loaded when it is first needed: it takes over a second. It trains on its WebAssembly backend, and on the
 * one in plain JavaScript, many times slower, where WebAssembly does not start.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { registerGradients } from './wasm_gradients.js';

export type Tf = typeof import('@tensorflow/tfjs');
export type Backend = 'wasm' | 'cpu';

const crashEvents = ['uncaughtException', 'unhandledRejection'] as const;

let registered = false;

/** @param backend by default wasm, else cpu */
export async function loadTensorflow(backend?: Backend): Promise<Tf> {
  const tf = await load();
  if (backend !== 'cpu' && (await useWasm(tf))) return tf;
  await tf.setBackend('cpu');
  // It would advise, on its first use, to install a package that this one does without.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
  return tf;
}

async function load(): Promise<Tf> {
  const loaded = (await import('@tensorflow/tfjs')) as Tf & { default?: Tf };
  return loaded.default ?? loaded;
}

async function useWasm(tf: Tf): Promise<boolean> {
  if (!registered) {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const require = createRequire(import.meta.url);
    const binary = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm';
    setWasmPaths(dirname(require.resolve(binary)) + sep);
    registerGradients(tf);
    registered = true;
  }
  // Emscripten's module would print its whole source on any uncaught error of the process.
  const before = crashEvents.map((event) => process.listeners(event as 'uncaughtException'));
  const started = await tf.setBackend('wasm');
  crashEvents.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i]!.includes(listener)) process.removeListener(event, listener);
    }
  });
  return started;
}
