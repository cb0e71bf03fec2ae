/** A model file → a folder of plain C. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTarget } from '../targets/index.js';
import { type CompileOptions, checkFit, compile } from './compile.js';
import { throwIfErrors } from './diagnostics.js';
import { replaceInFolder } from './files.js';
import { importModel } from './importers/index.js';

export interface Generated {
  readonly folder: string;
  readonly files: readonly string[];
  /** What every symbol begins with. */
  readonly prefix: string;
  /** Identity of the graph, 16 hex digits. */
  readonly hash: string;
  readonly arenaBytes: number;
  readonly weightsBytes: number;
  /** Functions that the program has to define, by which it gives inputs row by row. */
  readonly rowReaders: readonly string[];
}

export interface GenerateOptions extends CompileOptions {
  readonly target: string;
  readonly folder: string;
}

/** @throws CrimpError with every problem of the model; nothing is written then. */
export async function generateFiles(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file?: string },
  { target: targetName, folder, name, ...options }: GenerateOptions,
): Promise<Generated> {
  const target = findTarget(targetName);
  const graph = importModel(model.bytes, model);
  const { sources, hash } = compile(graph, target, { ...options, name: name ?? model.name });
  const { prefix, arenaBytes, weightsBytes } = sources;
  // The input's copy is for the firmware that is no part of this.
  throwIfErrors(checkFit({ arenaBytes, weightsBytes }, target));
  await replaceInFolder(folder, async (temporary) => {
    for (const [file, text] of sources.files) writeFileSync(path.join(temporary, file), text);
  });
  const rowReaders = sources.inputs.flatMap(({ byRows }) => (byRows ? [byRows.read] : []));
  return { folder, files: [...sources.files.keys()], prefix, hash, arenaBytes, weightsBytes, rowReaders };
}
