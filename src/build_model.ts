/** A model file → a build folder with firmware. */
import { findTarget } from '../targets/index.js';
import { type CompileOptions, compile } from './compile.js';
import { buildFirmware, type FirmwareBuild } from './firmware/build.js';
import { importModel } from './importers/index.js';

export interface BuildModelOptions extends CompileOptions {
  readonly target: string;
  readonly directory: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws CrimpError with every problem of the model, or what `buildFirmware` throws; nothing is written then. */
export async function buildModel(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file?: string },
  { target: targetName, name, packWeights, ...options }: BuildModelOptions,
): Promise<FirmwareBuild> {
  const target = findTarget(targetName);
  const compiled = compile(importModel(model.bytes, model), target, {
    name: name ?? model.name,
    packWeights,
  });
  return buildFirmware(compiled, target, { ...options, model: { file: 'model.tflite', bytes: model.bytes } });
}
