/**
 * Weights as a codebook and a stream of bits that skips zeros: what kernels/portable/packed_weights.c reads. Exact, for
 * any int8 weights; small for clustered and pruned ones.
 */
import type { Constant } from './layer.js';

export interface PackedWeights {
  /** Bits of a gap, 0 … 8: how many zeros stand before a weight. With 0 there are no gaps, and zeros are entries. */
  readonly gapBits: number;
  /** Bits of an index into the codebook, 0 … 8. */
  readonly indexBits: number;
  /** The gap that no weight follows: so many zeros and no more. */
  readonly skip: number;
  /** The values that weights take, ascending. */
  readonly codebook: Int8Array;
  readonly stream: Uint16Array;
}

/** A token of the stream is at most two of these; the reader always has one of 16 bits ahead. */
const largestGapBits = 8;

/** The packing of fewest bytes. @param rows rows of `length` weights each */
export function packWeights(rows: Int8Array, length: number): PackedWeights {
  const values = [...new Set(rows)].sort((a, b) => a - b);
  let best = packingWith(rows, length, values, 0);
  for (let gapBits = 1; gapBits <= largestGapBits; gapBits++) {
    const packing = packingWith(rows, length, values, gapBits);
    if (sizeOf(packing) < sizeOf(best)) best = packing;
  }
  const { bits, ...packing } = best;
  return { ...packing, stream: write(rows, length, packing, bits) };
}

interface Packing extends Omit<PackedWeights, 'stream'> {
  readonly bits: number;
}

function packingWith(rows: Int8Array, length: number, values: readonly number[], gapBits: number): Packing {
  const entries = values.filter((w) => gapBits === 0 || w !== 0);
  // C has no empty arrays.
  const codebook = Int8Array.from(entries.length > 0 ? entries : [0]);
  const indexBits = Math.ceil(Math.log2(codebook.length));
  const skip = gapBits === 0 ? 1 : 2 ** gapBits - 1;
  let bits = 0;
  tokens(rows, length, { gapBits, skip }, (_gap, weight) => {
    bits += gapBits + (weight === undefined ? 0 : indexBits);
  });
  return { gapBits, indexBits, skip, codebook, bits };
}

function sizeOf({ bits, codebook }: Packing): number {
  return 2 * wordsOf(bits) + codebook.length;
}

/** The reader starts with two words, and takes the next one as soon as it has fewer than 16 bits. */
function wordsOf(bits: number): number {
  return Math.max(2, Math.ceil(bits / 16) + 1);
}

/** @param emit gets the weight behind the gap; none behind a skip */
function tokens(
  rows: Int8Array,
  length: number,
  { gapBits, skip }: Pick<PackedWeights, 'gapBits' | 'skip'>,
  emit: (gap: number, weight?: number) => void,
): void {
  for (let start = 0; start < rows.length; start += length) {
    let gap = 0;
    for (let i = start; i < start + length; i++) {
      const weight = rows[i]!;
      if (weight !== 0 || gapBits === 0) {
        emit(gap, weight);
        gap = 0;
      } else if (++gap === skip) {
        emit(gap);
        gap = 0;
      }
    }
    // What is left of the row is skipped, and a little more.
    if (gap > 0) emit(skip);
  }
}

function write(
  rows: Int8Array,
  length: number,
  packing: Omit<PackedWeights, 'stream'>,
  bits: number,
): Uint16Array {
  const stream = new Uint16Array(wordsOf(bits));
  const { gapBits, indexBits, codebook } = packing;
  const indices = new Map(Array.from(codebook, (w, i) => [w, i]));
  let at = 0;
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i++, at++) stream[at >> 4]! |= ((value >> i) & 1) << (at & 15);
  };
  tokens(rows, length, packing, (gap, weight) => {
    put(gap, gapBits);
    if (weight !== undefined) put(indices.get(weight)!, indexBits);
  });
  return stream;
}

/** How many tokens the stream has, give or take those that only skip. */
export function tokensOf({ stream, gapBits, indexBits }: PackedWeights): number {
  return Math.round((16 * stream.length) / Math.max(1, gapBits + indexBits));
}

/** The two constants of a layer's packed weights. @param layout shape of the rows, for the reader */
export function packedConstants(
  { codebook, stream, gapBits, indexBits }: PackedWeights,
  label: string,
  layout: string,
): Constant[] {
  const token =
    gapBits === 0 ? `${indexBits} bits a weight` : `gaps of ${gapBits} bits, weights of ${indexBits}`;
  return [
    {
      name: `${label}_weights`,
      ctype: 'uint16_t',
      data: stream,
      comment: `${label}: weights ${layout}, packed: ${token}`,
      align: 4,
    },
    {
      name: `${label}_codebook`,
      ctype: 'int8_t',
      data: codebook,
      comment: `${label}: the values of its weights`,
      align: 1,
    },
  ];
}
