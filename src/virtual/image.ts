/** From a firmware file, be it ELF, UF2 or raw binary, to the bytes that lie in flash. */
import type { Firmware } from '../../targets/target.js';
import { inputError } from '../diagnostics.js';
import { type ElfSegment, readElf } from '../firmware/elf.js';
import { isUf2, readUf2, requireFamily } from '../flash/uf2.js';

const elfMagic = 0x464c457f;

interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

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
    if (!firmware.flasher) throw badImage('this board takes no UF2 files');
    const { familyId } = firmware.flasher;
    const image = readUf2(file);
    requireFamily(image, familyId, board);
    return image.chunks.filter((chunk) => chunk.familyId === familyId);
  }
  if (view.getUint32(0, true) === elfMagic) return elfSegments(file);
  return [{ address: firmware.flash.origin, bytes: file }];
}

/** The loadable parts at their load addresses. The reader trusts crimp's own firmware; this file may be any. */
function elfSegments(file: Uint8Array): Segment[] {
  let segments: readonly ElfSegment[];
  try {
    segments = readElf(file).segments;
  } catch {
    throw badImage('the ELF file is damaged or for another kind of machine');
  }
  if (segments.length === 0) throw badImage('the ELF file has nothing to load');
  return segments.map(({ address, data }) => ({ address, bytes: data }));
}

function badImage(what: string) {
  return inputError(
    'bad-image',
    `no firmware for this board: ${what}`,
    'Give the firmware.elf, .bin or .uf2 that `crimp build` wrote for it.',
  );
}
