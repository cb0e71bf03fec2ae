/** A flash image as UF2 (github.com/microsoft/uf2), the file that a board's bootloader takes. */
import { blockSize, encodeBlock, UF2Flags } from 'uf2';

/** What the RP2040's bootloader insists on: one flash page a block (datasheet 2.8.4.2). */
const payloadBytes = 256;

/** @param address of the image's first byte in flash. The last block is filled up with zeros. */
export function encodeUf2(image: Uint8Array, address: number, familyId: number): Uint8Array {
  const totalBlocks = Math.ceil(image.length / payloadBytes);
  const file = new Uint8Array(totalBlocks * blockSize);
  for (let block = 0; block < totalBlocks; block++) {
    const payload = new Uint8Array(payloadBytes);
    payload.set(image.subarray(block * payloadBytes, (block + 1) * payloadBytes));
    const flashAddress = address + block * payloadBytes;
    const data = { flags: UF2Flags.familyIDPresent, flashAddress, payload, blockNumber: block, totalBlocks };
    encodeBlock({ ...data, boardFamily: familyId }, file, block * blockSize);
  }
  return file;
}
