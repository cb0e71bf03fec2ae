/** Which format a data file has: by its name, and by its bytes where it has none. */
import path from 'node:path';
import { inputError } from '../diagnostics.js';
import { isNpy } from './npy.js';

export type OutputFormat = 'npz' | 'npy' | 'bin';
export type InputFormat = OutputFormat | 'csv' | 'idx';

const outputs: readonly string[] = ['npz', 'npy', 'bin'] satisfies OutputFormat[];

/** What a file of answers is to be. @throws CrimpError `data-format` for any other ending */
export function formatOfPath(file: string): OutputFormat {
  const ending = endingOf(file);
  if (outputs.includes(ending)) return ending as OutputFormat;
  const hint = 'Use .npz or .npy (real values) or .bin (raw little-endian tensors).';
  throw inputError('data-format', 'its name ends in none of .npz, .npy, .bin', hint, { file });
}

/** What a file of samples is, also behind a `.gz`. MNIST's own files have no ending: `train-images-idx3-ubyte`. */
export function inputFormatOf(file: string): InputFormat {
  const name = file.replace(/\.gz$/i, '');
  const ending = endingOf(name);
  if (ending === 'csv' || outputs.includes(ending)) return ending as InputFormat;
  if (ending === 'idx' || /[-._]idx\d(-|$)/i.test(path.basename(name))) return 'idx';
  const hint =
    'Use .npz, .npy, .csv (real values), .bin (raw little-endian tensors), MNIST’s idx files, or a folder of images.';
  const message = 'its name ends in none of .npz, .npy, .csv, .bin, .idx, -idx3-ubyte';
  throw inputError('data-format', message, hint, { file });
}

export function formatOfBytes(bytes: Uint8Array): OutputFormat {
  if (isNpy(bytes)) return 'npy';
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? 'npz' : 'bin';
}

function endingOf(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}
