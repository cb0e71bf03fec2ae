/**
 * How a channel's sum becomes its output on cores with SMMUL, and the proof that it is what MultiplyByQuantizedMultiplier gives for
 * every sum that the channel can reach. Kernels keep sums times 256, so that what is added for rounding can be fine:
 *
 *     value = (256 · sum + added) · multiplier >> 32 >> shift
 *
 * serves where no output lies below the zero point, since then ties always go up. Elsewhere negative sums are taken `below`
 * less, and `rounding` is added behind the multiply.
 */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import { type Filter, foldedBias, shiftsOf } from '../mul32/proof.js';

/** Of a sum's bits behind the point. */
export const fraction = 256;

/** What 256 times a sum is multiplied with stands 2^7 higher than the sum's own multiplier. */
const shiftOfFraction = 7;

export interface Requantization {
  readonly multiplier: number;
  readonly shift: number;
  /** In 1/256 of a sum. With `signed` less than 256. */
  readonly added: number;
  readonly signed?: {
    readonly rounding: number;
    /** In 1/256 of a sum. */
    readonly below: number;
  };
}

export interface Channel {
  /** Folded. */
  readonly bias: number;
  readonly form: Requantization;
}

/** All channels in the same form, with nothing `signed` if that is exact. @returns undefined where neither is */
export function requantizedChannels(
  p: WeightedParameters,
  filter: Filter,
  channels: number,
): Channel[] | undefined {
  const bias = foldedBias(p, filter, channels);
  const stairs = Array.from(bias, (_, c) => stairsOf(p, filter(c), bias[c]!, c));
  for (const formOf of [plainForm, signedForm]) {
    const list: Channel[] = [];
    for (const [c, steps] of stairs.entries()) {
      const form = steps && formOf(steps);
      if (!form) break;
      list.push({ bias: bias[c]!, form });
    }
    if (list.length === channels) return list;
  }
  return undefined;
}

/** What a channel has to do. */
interface Stairs {
  readonly multiplier: number;
  /** To the right, as in MultiplyByQuantizedMultiplier. */
  readonly right: number;
  readonly offset: number;
  /** Sums that can be reached. */
  readonly low: number;
  readonly high: number;
  /** Each value of the output but the lowest, and the first sum that gives it. */
  readonly steps: readonly { readonly value: number; readonly sum: number }[];
}

function stairsOf(
  p: WeightedParameters,
  weights: Int8Array,
  bias: number,
  channel: number,
): Stairs | undefined {
  const at = p.multiplier.length > 1 ? channel : 0;
  const multiplier = p.multiplier[at]!;
  const right = -shiftsOf(p)[at]!;
  const offset = p.outputOffset;
  const { min, max } = p.activation;
  let [low, high] = [bias, bias];
  for (const w of weights) {
    low += Math.min(127 * w, -128 * w);
    high += Math.max(127 * w, -128 * w);
  }
  if (multiplier < 2 ** 30 || right < 0 || right > 24) return undefined;
  if (fraction * (Math.max(-low, high) + 1) >= 2 ** 31) return undefined;
  const steps = [];
  for (let value = min + 1; value <= max; value++) {
    // Ties go away from zero, after a first rounding up to whole products.
    const result = value - offset;
    const product = right === 0 ? result : result * 2 ** right - 2 ** (right - 1) + (result > 0 ? 0 : 1);
    steps.push({ value, sum: ceilQuotient((2 * product - 1) * 2 ** 30, multiplier) });
  }
  return { multiplier, right, offset, low, high, steps };
}

/** ⌈n / d⌉ of doubles that are integers, exact where the quotient is below 2^40. */
function ceilQuotient(n: number, d: number): number {
  const quotient = n / d;
  if (Math.abs(quotient - Math.round(quotient)) > 1e-3) return Math.ceil(quotient);
  const [a, b] = [BigInt(n), BigInt(d)];
  return Number(a / b + (a % b > 0n ? 1n : 0n));
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The integers `added` with which (256 · sum + added) · multiplier + rounding · 2^32 reaches value · 2^(32 + shift) exactly
 * at the first sum of each of these values. Sums that cannot be reached do not count.
 */
function additions(
  { multiplier, low, high, steps }: Stairs,
  shift: number,
  rounding: number,
  counts: (sum: number) => boolean,
): Interval {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { value, sum } of steps) {
    if (!counts(sum)) continue;
    const needed = ceilQuotient((value * 2 ** shift - rounding) * 2 ** 32, multiplier);
    if (sum <= high) from = Math.max(from, needed - fraction * Math.max(sum, low));
    if (sum > low) to = Math.min(to, needed - 1 - fraction * Math.min(sum - 1, high));
  }
  return { from, to };
}

/** A multiplier that is a little off moves the far ends, and with them which additions will do. */
const changes = [
  0,
  ...Array.from({ length: 13 }, (_, i) => [2 ** i, -(2 ** i), 3 * 2 ** i, -3 * 2 ** i]),
].flat();

function plainForm(given: Stairs): Requantization | undefined {
  const shift = given.right + shiftOfFraction;
  for (const change of changes) {
    const stairs = { ...given, multiplier: given.multiplier + change };
    if (stairs.multiplier >= 2 ** 31) continue;
    const { from, to } = additions(stairs, shift, 0, () => true);
    if (from > to) continue;
    const added = middle(from, to);
    const furthest = Math.max(fraction * stairs.high + added, -(fraction * stairs.low + added));
    return furthest < 2 ** 31 ? { multiplier: stairs.multiplier, shift, added } : undefined;
  }
  return undefined;
}

function signedForm(given: Stairs): Requantization | undefined {
  const shift = given.right + shiftOfFraction;
  const half = given.offset * 2 ** shift + 2 ** (shift - 1);
  if (Math.abs(half) + fraction >= 2 ** 30) return undefined;
  for (const change of changes) {
    const stairs = { ...given, multiplier: given.multiplier + change };
    if (stairs.multiplier >= 2 ** 31) continue;
    for (let more = 0; more <= 64; more++) {
      const found = roundedBehind(stairs, shift, half + more);
      if (found) return found;
    }
  }
  return undefined;
}

function roundedBehind(stairs: Stairs, shift: number, rounding: number): Requantization | undefined {
  const { multiplier, low, high } = stairs;
  const above = additions(stairs, shift, rounding, (sum) => sum > 0);
  const [from, to] = [Math.max(above.from, 0), Math.min(above.to, fraction - 1)];
  if (from > to) return undefined;
  // What is added to negative sums: `added` less `below`, which is not negative.
  const negative = additions(stairs, shift, rounding, (sum) => sum <= 0);
  const least = Math.max(negative.from, to - 2 ** 20);
  const most = Math.min(negative.to, to);
  if (least > most) return undefined;
  const below = to - middle(least, most);
  if (fraction * high + to >= 2 ** 31 || fraction * -low + below >= 2 ** 31) return undefined;
  return { multiplier, shift, added: to, signed: { rounding, below } };
}

/** One that is not infinite. */
function middle(from: number, to: number): number {
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return 0;
  if (from === Number.NEGATIVE_INFINITY) return to;
  return to === Number.POSITIVE_INFINITY ? from : Math.floor((from + to) / 2);
}
