/** A model file → a build folder with firmware. */
import { findTarget } from '../targets/index.js';
import { compile } from './compile.js';
import { buildFirmware, type FirmwareBuild } from './firmware/build.js';
import { importModel } from './importers/index.js';

export interface BuildModelOptions {
  readonly target: string;
  readonly directory: string;
  /** What every C symbol begins with; by default the model's own name. */
  readonly name?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws CrimpError with every problem of the model, or what `buildFirmware` throws; nothing is written then. */
export async function buildModel(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file?: string },
  { target: targetName, name, ...options }: BuildModelOptions,
): Promise<FirmwareBuild> {
  const target = findTarget(targetName);
  const compiled = compile(importModel(model.bytes, model), target, { name: name ?? model.name });
  return buildFirmware(compiled, target, { ...options, model: { file: 'model.tflite', bytes: model.bytes } });
}
