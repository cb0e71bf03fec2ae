/** A model file as every verb takes it: bytes, and a name for the C symbols. */
import path from 'node:path';
import { readInputFile } from './files.js';

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
  /** As `ImportOptions` has them. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  readonly readBeside?: (path: string) => Uint8Array;
}

/** @throws CrimpError `cannot-read` */
export function readModelFile(file: string, shapes?: ModelFile['shapes']): ModelFile {
  return {
    bytes: readInputFile(file, 'Give the path of a model file.'),
    name: path.basename(file).replace(/\.[^.]+$/, ''),
    file,
    shapes,
    readBeside: (name) =>
      readInputFile(path.resolve(path.dirname(file), name), 'Keep the files of a model together.'),
  };
}
