/** The checksum by which the RP2040's bootrom knows a second stage (datasheet 2.8.1.3.1). */
import type { Firmware } from '../../targets/target.js';
import { readElf } from './elf.js';

/** CRC-32 with polynomial 04c11db7, most significant bit first, start ffffffff, no final inversion. */
export function bootromCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

/** @param flash from its first byte on; its first bytes are the second stage. */
export function secondStageProblems(flash: Uint8Array, bytes: number): string[] {
  if (flash.length < bytes) return ['there is no second stage of the boot'];
  const stored = new DataView(flash.buffer, flash.byteOffset).getUint32(bytes - 4, true);
  return bootromCrc(flash.subarray(0, bytes - 4)) === stored
    ? []
    : ['the checksum of the second stage is wrong'];
}

/** @returns the ELF file with the checksum in the last word of the second stage. */
export function sealSecondStage(
  file: Uint8Array,
  { section, bytes }: NonNullable<Firmware['secondStage']>,
): Uint8Array {
  const found = readElf(file).sections.find((s) => s.name === section);
  if (found?.offset === undefined || found.bytes !== bytes) {
    throw new Error(`section ${section} is not of ${bytes} bytes`);
  }
  const sealed = Uint8Array.from(file);
  const code = sealed.subarray(found.offset, found.offset + bytes - 4);
  new DataView(sealed.buffer).setUint32(found.offset + bytes - 4, bootromCrc(code), true);
  return sealed;
}
