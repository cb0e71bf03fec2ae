/** A virtual board for other programs. */
import { readFileSync } from 'node:fs';
import { findTarget } from '../../targets/index.js';
import { inputError } from '../diagnostics.js';
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

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw inputError('cannot-read', `${file}: ${(cause as Error).message}`, 'Give a .uf2, .elf or .bin.', {
      file,
    });
  }
}
