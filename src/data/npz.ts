/** NumPy's .npz: a zip of .npy members, stored or deflated. */
import { unzipSync, zipSync } from 'fflate';
import { type CrimpError, inputError } from '../diagnostics.js';
import type { FileArray } from './file_array.js';
import { formatNpy, parseNpy } from './npy.js';
import { damagedMember } from './zip_checksums.js';

/** @throws CrimpError `data-format` */
export function parseNpz(bytes: Uint8Array, file: string): Map<string, FileArray> {
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, { filter: (member) => member.name.endsWith('.npy') });
  } catch (cause) {
    throw damaged(file, `is not a whole .npz archive (${(cause as Error).message})`);
  }
  // fflate unpacks without looking at checksums.
  const changed = damagedMember(bytes, members);
  if (changed !== undefined) throw damaged(file, `has a damaged member ${changed}: its CRC-32 is wrong`);
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

function damaged(file: string, why: string): CrimpError {
  return inputError('data-format', why, 'Save it again with numpy.savez or numpy.savez_compressed.', {
    file,
  });
}
