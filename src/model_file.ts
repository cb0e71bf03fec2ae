/** A model file as every verb takes it: bytes, and a name for the C symbols. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inputError } from './diagnostics.js';

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
}

export function readModelFile(file: string): ModelFile {
  try {
    return { bytes: readFileSync(file), name: path.basename(file).replace(/\.[^.]+$/, ''), file };
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (cause as Error).message;
    throw inputError('cannot-read', `${file}: ${why}`, 'Give the path of a model file.', { file });
  }
}
