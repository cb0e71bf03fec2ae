/** A model file as every verb takes it: bytes, and a name for the C symbols. */
import path from 'node:path';
import { readInputFile } from './files.js';

/** What a file leaves open, as `ImportOptions` has it. */
export interface ModelOptions {
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  readonly signature?: string;
}

export interface ModelFile extends ModelOptions {
  readonly bytes: Uint8Array;
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
  /** As `ImportOptions` has it. */
  readonly readBeside?: (path: string) => Uint8Array;
}

/** @throws CrimpError `cannot-read` */
export function readModelFile(file: string, options: ModelOptions = {}): ModelFile {
  return {
    bytes: readInputFile(file, 'Give the path of a model file.'),
    name: path.basename(file).replace(/\.[^.]+$/, ''),
    file,
    ...options,
    readBeside: (name) =>
      readInputFile(path.resolve(path.dirname(file), name), 'Keep the files of a model together.'),
  };
}
