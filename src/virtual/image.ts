/** From a firmware file, be it ELF, UF2 or raw binary, to the bytes that lie in flash. */

import type { Firmware } from '../../targets/target.js';
import { inputError } from '../diagnostics.js';
import { isUf2, readUf2, requireFamily } from '../flash/uf2.js';

interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** ELF32 (System V ABI, chapter 4 and 5): the fields read here. */
const elf = { magic: 0x464c457f, phoff: 28, phentsize: 42, phnum: 44, load: 1 } as const;

/**
 * @returns the whole flash, erased where the file has nothing.
 * @throws CrimpError `bad-image` for what is no firmware, or lies outside the board's flash.
 */
export function flashImage(file: Uint8Array, firmware: Firmware, board: string): Uint8Array {
  const flash = new Uint8Array(firmware.flash.bytes).fill(0xff);
  writeSegments(flash, segmentsOf(file, firmware, board), firmware);
  return flash;
}

/** Copies segments into flash. @throws CrimpError `bad-image` for any part outside of it. */
export function writeSegments(flash: Uint8Array, segments: readonly Segment[], firmware: Firmware): void {
  const { origin } = firmware.flash;
  for (const { address, bytes } of segments) {
    if (address < origin || address + bytes.length > origin + flash.length) {
      throw badImage(`${bytes.length} bytes at 0x${address.toString(16)} lie outside the flash`);
    }
    flash.set(bytes, address - origin);
  }
}

function segmentsOf(file: Uint8Array, firmware: Firmware, board: string): readonly Segment[] {
  if (file.length < 4) throw badImage(`${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (isUf2(file)) {
    const image = readUf2(file);
    requireFamily(image, firmware.flasher.familyId, board);
    return image.chunks.filter((chunk) => chunk.familyId === firmware.flasher.familyId);
  }
  if (view.getUint32(0, true) === elf.magic) return elfSegments(file, view);
  return [{ address: firmware.flash.origin, bytes: file }];
}

/** The loadable parts at their load addresses. */
function elfSegments(file: Uint8Array, view: DataView): Segment[] {
  const segments: Segment[] = [];
  try {
    const start = view.getUint32(elf.phoff, true);
    const size = view.getUint16(elf.phentsize, true);
    for (let i = 0; i < view.getUint16(elf.phnum, true); i++) {
      const header = start + i * size;
      const [type, offset, , address, bytes] = [0, 1, 2, 3, 4].map((word) =>
        view.getUint32(header + 4 * word, true),
      );
      if (type !== elf.load || bytes === 0) continue;
      if (offset! + bytes! > file.length) throw new RangeError();
      segments.push({ address: address!, bytes: file.subarray(offset!, offset! + bytes!) });
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw badImage('the ELF file is cut short');
    throw cause;
  }
  if (segments.length === 0) throw badImage('the ELF file has nothing to load');
  return segments;
}

function badImage(what: string) {
  return inputError(
    'bad-image',
    `no firmware for this board: ${what}`,
    'Give the firmware.uf2, .elf or .bin that `crimp build` wrote for it.',
  );
}
