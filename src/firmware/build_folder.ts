/** Reading a build folder back: which model, for which board. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Optimize } from '../../codegen/layer.js';
import { inputError } from '../diagnostics.js';

export interface BuildModel {
  /** What the C symbols begin with. */
  readonly name: string;
  /** Identity of the graph, 16 hex digits. */
  readonly hash: string;
  /** The model file in the folder, where the build kept it. */
  readonly file?: string;
  /** Compiled with packed weights. */
  readonly packWeights: boolean;
  readonly optimize?: Optimize;
}

export interface BuildFolder {
  readonly target: string;
  readonly model: BuildModel;
}

/** @throws CrimpError `not-a-build` */
export function readBuildFolder(folder: string): BuildFolder {
  const report = path.join(folder, 'report.json');
  if (!existsSync(report)) {
    const hint = 'Make one with `crimp build MODEL --target T -o DIR`, or give the model file itself.';
    throw inputError('not-a-build', 'is not a build folder: it has no report.json', hint, {
      file: folder,
    });
  }
  try {
    const { target, model } = JSON.parse(readFileSync(report, 'utf8')) as BuildFolder;
    const { name, hash, file, packWeights = false, optimize } = model;
    if ([target, name, hash].every((text) => typeof text === 'string'))
      return { target, model: { name, hash, file, packWeights, optimize } };
  } catch {
    // What exactly is broken in a generated file helps nobody.
  }
  throw inputError('not-a-build', `${report} is damaged`, 'Build it again with `crimp build`.', {
    file: report,
  });
}
