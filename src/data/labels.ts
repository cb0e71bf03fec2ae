/** Class labels: the array `y` of an .npz. */
import { inputError } from '../diagnostics.js';
import type { FileArray } from './file_array.js';

/**
 * One integer a sample; a `y` of anything else (regression targets, masks) is not labels and is left alone.
 *
 * @throws CrimpError `data-shape` when there are labels for another number of samples
 */
export function labelsOf(y: FileArray | undefined, count: number, file: string): Int32Array | undefined {
  if (!y || y.shape.length === 0) return undefined;
  const perSample = y.shape.slice(1).every((n) => n === 1);
  const numbers = Array.from(y.values as ArrayLike<number | bigint>, Number);
  if (!perSample || !numbers.every((v) => Number.isInteger(v) && Math.abs(v) < 2 ** 31)) return undefined;
  if (numbers.length !== count) {
    const message = `holds ${count} samples and ${numbers.length} labels`;
    throw inputError('data-shape', message, 'Give one label a sample in the array "y", or none at all.', {
      file,
    });
  }
  return Int32Array.from(numbers);
}
