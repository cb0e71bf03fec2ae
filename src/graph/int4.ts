/** int4 values as TFLite stores them: two to a byte, the first in the lower half. */
import type { TensorData } from './graph.js';

export function packInt4(values: TensorData): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) packed[i >> 1]! |= (Number(values[i]) & 15) << ((i & 1) * 4);
  return packed;
}

/** Fills `values`. The nibble goes to the top of a word and back down with its sign. */
export function unpackInt4(packed: Uint8Array, values: Int8Array): void {
  for (let i = 0; i < values.length; i++) values[i] = (packed[i >> 1]! << (i & 1 ? 24 : 28)) >> 28;
}
