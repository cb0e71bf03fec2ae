/** Virtual boards: a target's firmware, run by an emulator behind serialport's binding interface. */
import type { Firmware, Target } from '../../targets/target.js';
import { inputError } from '../diagnostics.js';
import type { BoardRequest, VirtualBoard, VirtualOptions } from './board.js';
import { flashImage } from './image.js';
import { qemuBoard } from './qemu/board.js';
import { rp2040Board } from './rp2040/board.js';

export type { VirtualBoard, VirtualOptions } from './board.js';

/** Emulators by the kind that targets name. */
const emulators: Record<Firmware['virtual']['kind'], (request: BoardRequest) => VirtualBoard> = {
  rp2040: rp2040Board,
  qemu: qemuBoard,
};

/**
 * Powers a virtual board.
 * @param image the firmware as ELF, UF2 or raw binary.
 * @throws CrimpError for a target without a virtual board (`no-virtual-board`), an image that is none (`bad-image`), an option that
 * the board cannot follow (`no-xip-cache`, `no-bootloader`), or an emulator that is not installed (`no-emulator`).
 */
export function virtualBoard(target: Target, image: Uint8Array, options: VirtualOptions = {}): VirtualBoard {
  const { firmware } = target;
  if (!firmware) {
    throw inputError(
      'no-virtual-board',
      `target ${target.name} has no virtual board`,
      'Choose a board: `--target pico`.',
    );
  }
  if (options.xip !== undefined && options.xip !== false && !firmware.xipCache) {
    throw inputError('no-xip-cache', `target ${target.name} has no flash cache to model`, 'Leave out --xip.');
  }
  if (options.bootloader && !firmware.flasher) {
    throw inputError(
      'no-bootloader',
      `target ${target.name} has no bootloader to wait in`,
      `Give the firmware to run: \`crimp virtual ${target.name} build/firmware.elf\`.`,
    );
  }
  const flash = flashImage(image, firmware, target.name);
  return emulators[firmware.virtual.kind]({ target, firmware, flash, options });
}
