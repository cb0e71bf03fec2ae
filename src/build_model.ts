/** A model file → a build folder with firmware. */
import { findTarget } from '../targets/index.js';
import { type CompileOptions, compile } from './compile.js';
import { asTflite } from './exporters/tflite/as_tflite.js';
import { buildFirmware, type FirmwareBuild } from './firmware/build.js';
import { importModel, type ModelBytes } from './importers/index.js';

export interface BuildModelOptions extends CompileOptions {
  readonly target: string;
  readonly directory: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws CrimpError with every problem of the model, or what `buildFirmware` throws; nothing is written then. */
export async function buildModel(
  model: ModelBytes,
  { target: targetName, name, directory, onProgress, ...options }: BuildModelOptions,
): Promise<FirmwareBuild> {
  const target = findTarget(targetName);
  const graph = importModel(model.bytes, model);
  const compiled = compile(graph, target, { ...options, name: name ?? model.name });
  // The folder holds a .tflite whatever the model came as: it needs no more telling, of shapes for one.
  const bytes = asTflite(model, graph);
  return buildFirmware(compiled, target, { directory, onProgress, model: { file: 'model.tflite', bytes } });
}
