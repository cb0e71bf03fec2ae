/**
 * When the sums of a layer's products become outputs by two multiplies and a shift, bias and ties included: the
 * constants of crimp_mul32_direct, and the proof that with them every sum that a channel can reach gives what
 * MultiplyByQuantizedMultiplier gives.
 */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Constant } from '../../layer.js';
import { type Filter, foldedBias } from './proof.js';

/** How crimp_mul32_direct computes. */
export interface Bits {
  /** Behind the point of results. */
  readonly point: number;
  /** Of the multiplier that the coarse multiply leaves out. */
  readonly fine: number;
  /** Of the sum that the fine multiply does without. */
  readonly dropped: number;
}

/** Larger right shifts would take the proof's numbers beyond what doubles hold exactly. */
const largestShift = 14;

export interface Direct {
  /** For each channel its real multiplier · 2^(fine + point). */
  readonly multiplier: Int32Array;
  /** For each channel half a step, output offset and bias · multiplier, with `point` bits behind the point. */
  readonly rounding: Int32Array;
}

/**
 * Outputs have to take all of int8 from the zero point on, as behind a ReLU: then no negative result shows, whose ties
 * would go the other way.
 *
 * @returns undefined when no such constants are exact
 */
export function directOf(
  p: WeightedParameters,
  filter: Filter,
  channels: number,
  bits: Bits,
): Direct | undefined {
  if (p.outputOffset !== -128 || p.activation.min !== -128 || p.activation.max !== 127) return undefined;
  const bias = foldedBias(p, filter, channels);
  const multiplier = new Int32Array(channels);
  const rounding = new Int32Array(channels);
  for (let c = 0; c < channels; c++) {
    const at = p.multiplier.length > 1 ? c : 0;
    let [low, high] = [0, 0];
    for (const w of filter(c)) {
      low += Math.min(127 * w, -128 * w);
      high += Math.max(127 * w, -128 * w);
    }
    const found = constantsOf(p.multiplier[at]!, -p.shift[at]!, { bias: bias[c]!, low, high }, bits);
    if (!found) return undefined;
    [multiplier[c], rounding[c]] = found;
  }
  return { multiplier, rounding };
}

/** The sums that a channel can reach, without its bias. */
interface Sums {
  readonly bias: number;
  readonly low: number;
  readonly high: number;
}

/** @returns multiplier and rounding */
function constantsOf(exact: number, shift: number, sums: Sums, bits: Bits): [number, number] | undefined {
  if (shift < 1 || shift > largestShift || exact < 2 ** 30) return undefined;
  const nearest = Math.round(exact * 2 ** (bits.point + bits.fine - 31 - shift));
  for (const change of [0, 1, -1, 2, -2, 3, -3, 4, -4, 6, -6, 8, -8]) {
    const multiplier = nearest + change;
    const rounding = roundingOf(multiplier, exact, shift, sums, bits);
    if (rounding !== undefined && staysInside(multiplier, rounding, sums, bits))
      return [multiplier, rounding];
  }
  return undefined;
}

/** A rounding with which outputs change at the very sums where MultiplyByQuantizedMultiplier's do. */
function roundingOf(
  multiplier: number,
  exact: number,
  shift: number,
  { bias, low, high }: Sums,
  bits: Bits,
): number | undefined {
  const { point, fine, dropped } = bits;
  const { coarse, rest } = partsOf(multiplier, bits);
  const product = (sum: number) =>
    sum * coarse + Math.floor((Math.floor(sum / 2 ** dropped) * rest) / 2 ** (fine - dropped));
  let [least, most] = [-(2 ** 31), 2 ** 31 - 1];
  for (let value = -127; value <= 127; value++) {
    // Of results above 0 ties go up: the first sum that comes to value + 128 steps.
    const half = (value + 128) * 2 ** shift - 2 ** (shift - 1);
    const first = Math.ceil(((2 * half - 1) * 2 ** 30) / exact) - bias;
    if (first <= high) least = Math.max(least, value * 2 ** point - product(Math.max(first, low)));
    if (first > low) most = Math.min(most, value * 2 ** point - 1 - product(Math.min(first - 1, high)));
  }
  return least <= most ? Math.floor((least + most) / 2) : undefined;
}

function partsOf(multiplier: number, { fine }: Bits): { coarse: number; rest: number } {
  const coarse = Math.floor((multiplier + 2 ** (fine - 1)) / 2 ** fine);
  return { coarse, rest: multiplier - coarse * 2 ** fine };
}

/** Nothing leaves 32 bits, and results never fall where sums rise. */
function staysInside(multiplier: number, rounding: number, { low, high }: Sums, bits: Bits): boolean {
  const { fine, dropped } = bits;
  const furthest = Math.max(-low, high);
  const { coarse, rest } = partsOf(multiplier, bits);
  return (
    coarse > 2 ** dropped &&
    multiplier + 2 ** (fine - 1) < 2 ** 31 &&
    (furthest / 2 ** dropped + 1) * Math.abs(rest) < 2 ** 31 &&
    furthest * (coarse + 1) + 2 ** dropped + Math.abs(rounding) < 2 ** 31
  );
}

/** @param narrow channels whose multipliers get a minus sign */
export function directConstants(
  label: string,
  { multiplier, rounding }: Direct,
  { point, fine }: Bits,
  narrow: (channel: number) => boolean = () => false,
): Constant[] {
  return [
    {
      name: `${label}_multiplier`,
      ctype: 'int32_t',
      data: multiplier.map((m, c) => (narrow(c) ? -m : m)),
      comment: `${label}: real multiplier of the sums = |multiplier| * 2^-${point + fine}`,
      align: 4,
    },
    {
      name: `${label}_rounding`,
      ctype: 'int32_t',
      data: rounding,
      comment: `${label}: bias, output offset and half a step, * 2^${point}`,
      align: 4,
    },
  ];
}
