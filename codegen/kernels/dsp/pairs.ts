/**
 * Weights and constants of pairs of output channels as the dsp kernels read them, one stream of words. A word of weights
 * holds two terms of both channels: in each half w0 + 256 · w1. Multiplied as it stands it sums up both channels at once,
 * its lower bytes alone (SXTB16) the first one; the difference is 256 times the second.
 */
import type { Filter } from '../mul32/proof.js';
import { type Channel, fraction, type Requantization } from './requantize.js';

/** Of a pair whose channels take different values for negative sums: bit 31 of the second one's shift. */
const signedPair = -(2 ** 31);

/** Two terms that are multiplied at once, by their place in the filter; −1 stands for none. */
export type Step = readonly [number, number];

/** Steps of a run of neighboring bytes from `start` on, in the order in which crimp_dsp_widen puts them. */
export function stepsOfRun(start: number, count: number): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < count; i += 4) {
    const at = (k: number) => (i + k < count ? start + i + k : -1);
    steps.push([at(0), at(2)]);
    if (i + 1 < count) steps.push([at(1), at(3)]);
  }
  return steps;
}

/** The channels [c, c + 1] of a layer of `channels`, two or more; of an odd number the last but one stands in two pairs. */
export function pairsOf(channels: number): number[] {
  const pairs = Array.from({ length: Math.floor(channels / 2) }, (_, i) => 2 * i);
  return channels % 2 === 0 ? pairs : [...pairs, channels - 2];
}

/** Whether a word can hold the weights of each pair: not below −2^15 both together. */
export function wordsFit(filter: Filter, channels: number): boolean {
  return pairsOf(channels).every((c) => {
    const [first, second] = [filter(c), filter(c + 1)];
    return first.every((w, i) => w + fraction * second[i]! >= -(2 ** 15));
  });
}

export interface Pair {
  /** What the sums of the first channel start from, and those of both. */
  readonly start: readonly [number, number];
  /** Words that requantize, behind the weights: of the second channel, then of the first. */
  readonly end: readonly number[];
}

export function pairOf(first: Channel, second: Channel): Pair {
  const [a, b] = [first.form, second.form];
  const whole = Math.floor(a.added / fraction);
  const start = first.bias + whole;
  const more = ({ signed }: Requantization) => (signed ? [signed.rounding, signed.below] : []);
  return {
    start: [start, (start + fraction * second.bias + b.added) | 0],
    end: [
      b.multiplier,
      b.signed ? b.shift + signedPair : b.shift,
      ...more(b),
      a.multiplier,
      fraction * (a.added - fraction * whole) + a.shift,
      ...more(a),
    ],
  };
}

/** Words of weights of two channels, by step. */
export function wordsOf(first: Int8Array, second: Int8Array, steps: readonly Step[]): number[] {
  const half = (k: number) => (k < 0 ? 0 : (first[k]! + fraction * second[k]!) & 0xffff);
  return steps.map(([low, high]) => half(low) | (half(high) << 16));
}
