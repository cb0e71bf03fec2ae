/** NumPy's .npz: a zip of .npy members, stored or deflated. */
import { unzipSync, zipSync } from 'fflate';
import { inputError } from '../diagnostics.js';
import type { FileArray } from './file_array.js';
import { formatNpy, parseNpy } from './npy.js';

/** @throws CrimpError `data-format` */
export function parseNpz(bytes: Uint8Array, file: string): Map<string, FileArray> {
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, { filter: (member) => member.name.endsWith('.npy') });
  } catch (cause) {
    const message = `is not a whole .npz archive (${(cause as Error).message})`;
    throw inputError('data-format', message, 'Save it again with numpy.savez or numpy.savez_compressed.', {
      file,
    });
  }
  return new Map(
    Object.entries(members).map(([name, member]) => [
      name.replace(/\.npy$/, ''),
      parseNpy(member, `${file} (${name})`),
    ]),
  );
}

/**
 * The same arrays give the same bytes: the members carry a fixed date.
 *
 * @param level of compression: 0 stores, 9 takes its time
 */
export function formatNpz(arrays: Iterable<readonly [string, FileArray]>, level: 0 | 9 = 9): Uint8Array {
  const members = [...arrays].map(([name, array]) => [`${name}.npy`, formatNpy(array)] as const);
  return zipSync(Object.fromEntries(members), { level, mtime: new Date(1980, 0, 1) });
}
