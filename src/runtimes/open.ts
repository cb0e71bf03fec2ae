/** The runtime for a model file: the one that its format comes from. */
import { inputError } from '../diagnostics.js';
import { isOnnx } from '../importers/onnx/import.js';
import { isTfjs } from '../importers/tfjs/import.js';
import { isTflite } from '../importers/tflite/import.js';
import type { Runtime, RuntimeModel } from './runtime.js';

/** @throws CrimpError `no-runtime`, `missing-package`, `runtime-refuses` */
export async function openRuntime(model: RuntimeModel): Promise<Runtime> {
  const { bytes, file } = model;
  if (isTflite(bytes)) return (await import('./tfjs_tflite.js')).openTflite(bytes, file);
  if (isTfjs(bytes)) return (await import('./tfjs.js')).openTfjs(model);
  if (isOnnx(bytes)) return (await import('./onnxruntime.js')).openOnnx(model);
  const message = 'no runtime that works in Node reads this format';
  throw inputError('no-runtime', message, 'Export the model as .tflite, .onnx or model.json.', { file });
}
