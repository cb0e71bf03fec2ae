/** Reading UF2 files (github.com/microsoft/uf2): what they are for, and the bytes they put where. */
import { blockSize, decodeBlock, UF2DecodeError, UF2Flags } from 'uf2';
import { type CrimpError, inputError } from '../diagnostics.js';
import { isIgnored } from '../firmware/uf2.js';

export interface Uf2Image {
  /** Families of the blocks found; more than one in a combined file. */
  readonly familyIds: readonly number[];
  readonly chunks: readonly Uf2Chunk[];
}

export interface Uf2Chunk {
  readonly familyId: number | undefined;
  readonly address: number;
  readonly bytes: Uint8Array;
}

const uf2Magic = 0x0a324655;

export function isUf2(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === uf2Magic;
}

/** @throws CrimpError `bad-uf2` where a block is broken, missing or twice there. */
export function readUf2(bytes: Uint8Array, file?: string): Uf2Image {
  if (bytes.length === 0 || bytes.length % blockSize !== 0) {
    throw badUf2(`${bytes.length} bytes are no whole number of ${blockSize}-byte blocks`, bytes.length, file);
  }
  const chunks: Uf2Chunk[] = [];
  const seen = new Map<number, Set<number>>();
  const totals = new Map<number, number>();
  for (let offset = 0; offset < bytes.length; offset += blockSize) {
    const block = decode(bytes, offset, file);
    if (
      block.flags & UF2Flags.notMainFlash ||
      isIgnored(bytes.subarray(offset, offset + blockSize), block.flags, block.payload.length)
    )
      continue;
    const hasFamily = (block.flags & UF2Flags.familyIDPresent) !== 0;
    const key = hasFamily ? block.boardFamily : 0;
    const numbers = seen.get(key) ?? new Set();
    if (numbers.has(block.blockNumber))
      throw badUf2(`block ${block.blockNumber} is there twice`, offset, file);
    seen.set(key, numbers.add(block.blockNumber));
    totals.set(key, block.totalBlocks);
    chunks.push({
      familyId: hasFamily ? block.boardFamily : undefined,
      address: block.flashAddress,
      bytes: block.payload,
    });
  }
  for (const [key, numbers] of seen) {
    const total = totals.get(key)!;
    if (numbers.size !== total)
      throw badUf2(`${numbers.size} of ${total} blocks are there`, bytes.length, file);
  }
  const familyIds = [...new Set(chunks.map((chunk) => chunk.familyId))].filter((id) => id !== undefined);
  return { familyIds, chunks };
}

/** @throws CrimpError `wrong-family` when no block of the file is for this family of chips. */
export function requireFamily(image: Uf2Image, familyId: number, board: string, file?: string): void {
  if (image.familyIds.includes(familyId)) return;
  const found = image.familyIds.map(hex).join(', ') || 'none';
  throw inputError(
    'wrong-family',
    `the UF2 file is for family ${found}, but ${board} takes ${hex(familyId)}`,
    'Build the model for this board: `crimp build MODEL --target …`.',
    file === undefined ? undefined : { file },
  );
}

function decode(bytes: Uint8Array, offset: number, file: string | undefined) {
  try {
    return decodeBlock(bytes.subarray(offset, offset + blockSize));
  } catch (cause) {
    if (cause instanceof UF2DecodeError) throw badUf2(cause.message.replace(/\.$/, ''), offset, file);
    throw cause;
  }
}

function badUf2(what: string, offset: number, file: string | undefined): CrimpError {
  return inputError('bad-uf2', `not a sound UF2 file: ${what}`, 'Build the firmware again: `crimp build`.', {
    file,
    offset,
  });
}

const hex = (id: number) => `0x${id.toString(16).padStart(8, '0')}`;
