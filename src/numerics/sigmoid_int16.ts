/**
 * Logistic and tanh of int16 by one interpolated table (tensorflow/lite/kernels/internal/common.h, reference/integer_ops/
 * logistic.h and tanh.h). The input is scaled to steps of 1 / (3 · 4096).
 */

/**
 * The logistic function of i / 24 in Q0.16, i = 0 … 255: each entry moved by half of what the straight lines on either
 * side of it miss in their middles, and the last one for saturation.
 */
export const sigmoidTable = Uint16Array.from({ length: 256 }, (_, i) => {
  const at = (x: number) => 65536 / (1 + Math.exp(-x / 24));
  const missed = (at(i) + at(i + 1)) / 2 - at(i + 0.5) + ((at(i) + at(i - 1)) / 2 - at(i - 0.5));
  return i === 255 ? 65535 : Math.round(at(i) - missed / 4);
});

/** x · multiplier · 2^−shift, rounded, is in steps of 1 / (3 · 4096). */
export interface SigmoidScaling {
  /** At most 32767. */
  readonly multiplier: number;
  readonly shift: number;
}

function scaled(x: number, { multiplier, shift }: SigmoidScaling): number {
  return (x * multiplier + (shift > 0 ? 2 ** (shift - 1) : 0)) >> shift;
}

/** The table at `size`, `bits` of which are between entries; in Q0.(16 + bits). */
function interpolated(size: number, bits: number): number {
  const [entry, fraction] = [size >> bits, size & ((1 << bits) - 1)];
  const base = sigmoidTable[entry]!;
  return (base << bits) + fraction * (sigmoidTable[entry + 1]! - base);
}

/** @returns Q0.15 */
export function logisticInt16(x: number, scaling: SigmoidScaling): number {
  const input = scaled(x, scaling);
  const size = Math.abs(input);
  const result = size >> 9 >= 255 ? 0x7fff << 10 : interpolated(size, 9);
  return (input >= 0 ? result + 512 : (1 << 25) - result + 511) >> 10;
}

/** @returns Q0.15, as 2 · logistic(2x) − 1 */
export function tanhInt16(x: number, scaling: SigmoidScaling): number {
  const input = scaled(x, scaling);
  const size = Math.abs(input);
  const result = (size >> 8 >= 255 ? 0xffff << 8 : interpolated(size, 8)) - (1 << 23);
  return (input >= 0 ? result + 128 : 127 - result) >> 8;
}
