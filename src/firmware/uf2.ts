/** A flash image as UF2 (github.com/microsoft/uf2), the file that a board's bootloader takes. */
import { blockSize, encodeBlock, UF2Flags } from 'uf2';
import type { Uf2Volume } from '../../targets/target.js';

/** What the bootloaders insist on: one flash page a block (RP2040 datasheet 2.8.4.2, RP2350 datasheet 5.5.2). */
const payloadBytes = 256;

/** Where a block's payload begins, and the extension tag of four bytes that tells bootloaders to ignore the block (boot/uf2.h). */
const payloadAt = 32;
const ignoreTag = 0x9957e304;
const leadByte = 0xef;

/** @param address of the image's first byte in flash. The last block is filled up with zeros. */
export function encodeUf2(
  image: Uint8Array,
  address: number,
  { familyId, leadBlock }: Pick<Uf2Volume, 'familyId' | 'leadBlock'>,
): Uint8Array {
  const totalBlocks = Math.ceil(image.length / payloadBytes);
  const lead = leadBlock ? encodeLeadBlock(leadBlock) : new Uint8Array(0);
  const file = new Uint8Array(lead.length + totalBlocks * blockSize);
  file.set(lead);
  for (let block = 0; block < totalBlocks; block++) {
    const payload = new Uint8Array(payloadBytes);
    payload.set(image.subarray(block * payloadBytes, (block + 1) * payloadBytes));
    const flashAddress = address + block * payloadBytes;
    const data = { flags: UF2Flags.familyIDPresent, flashAddress, payload, blockNumber: block, totalBlocks };
    encodeBlock({ ...data, boardFamily: familyId }, file, lead.length + block * blockSize);
  }
  return file;
}

/** One of two blocks, of which the other never comes, so that it is never acted upon. */
function encodeLeadBlock({ familyId, address }: NonNullable<Uf2Volume['leadBlock']>): Uint8Array {
  const file = new Uint8Array(blockSize);
  const data = {
    flags: UF2Flags.familyIDPresent | UF2Flags.extensionTagsPresent,
    flashAddress: address,
    payload: new Uint8Array(payloadBytes).fill(leadByte),
    blockNumber: 0,
    totalBlocks: 2,
    boardFamily: familyId,
  };
  encodeBlock(data, file);
  new DataView(file.buffer).setUint32(payloadAt + payloadBytes, ignoreTag, true);
  return file;
}

/** Whether a block says of itself that it is to be ignored. @param block of 512 bytes @param payload bytes of it */
export function isIgnored(block: Uint8Array, flags: number, payload: number): boolean {
  if ((flags & UF2Flags.extensionTagsPresent) === 0) return false;
  const tagAt = payloadAt + Math.ceil(payload / 4) * 4;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  return view.getUint32(tagAt, true) === ignoreTag;
}
