/** A virtual board for other programs. */
import { findTarget } from '../../targets/index.js';
import { inputError } from '../diagnostics.js';
import { readInputFile } from '../files.js';
import { virtualBoard } from '../virtual/index.js';
import { type ServedPty, servePty } from '../virtual/pty.js';
import { erasedFlash } from './open_world.js';

/**
 * @param firmware .uf2, .elf or .bin; without one the board waits in its bootloader
 * @throws CrimpError what `virtualBoard` and `servePty` throw, and `cannot-read`
 */
export async function serveVirtual(
  target: string,
  firmware: string | undefined,
  onEvent: (message: string) => void,
): Promise<ServedPty> {
  const image = firmware === undefined ? erasedFlash : read(firmware);
  const board = virtualBoard(findTarget(target), image, { bootloader: firmware === undefined });
  return servePty(board, { onEvent });
}

/** The endings alone tell a raw image from any other file. */
function read(file: string): Uint8Array {
  const hint = 'Give a .uf2, .elf or .bin, such as `crimp build` writes.';
  if (!/\.(uf2|elf|bin)$/i.test(file))
    throw inputError('no-firmware', 'is no firmware by its name', hint, { file });
  return readInputFile(file, hint);
}
