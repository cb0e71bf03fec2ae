/**
 * When the sums of a layer's products become outputs by two multiplies and a shift, bias and ties included: the
 * constants of crimp_mul32_direct, and the proof that with them every sum that a channel can reach gives what
 * MultiplyByQuantizedMultiplier gives.
 */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Constant } from '../../layer.js';
import { type Filter, foldedBias } from './proof.js';

/** Results have so many bits behind the point, and the coarse multiply leaves out so many of the multiplier. */
const outputBits = 18;
const fine = 14;

/** Larger right shifts would take the proof's numbers beyond what doubles hold exactly. */
const largestShift = 14;

export interface Direct {
  /** For each channel its real multiplier · 2^(18 + 14). */
  readonly multiplier: Int32Array;
  /** For each channel half a step, output offset and bias · multiplier, with 18 bits behind the point. */
  readonly rounding: Int32Array;
}

/**
 * Outputs have to take all of int8 from the zero point on, as behind a ReLU: then no negative result shows, whose ties
 * would go the other way.
 *
 * @returns undefined when no such constants are exact
 */
export function directOf(p: WeightedParameters, filter: Filter, channels: number): Direct | undefined {
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
    const found = constantsOf(p.multiplier[at]!, -p.shift[at]!, bias[c]!, low, high);
    if (!found) return undefined;
    [multiplier[c], rounding[c]] = found;
  }
  return { multiplier, rounding };
}

/** @param low and high: the range of the sums without the bias. @returns multiplier and rounding */
function constantsOf(
  exact: number,
  shift: number,
  bias: number,
  low: number,
  high: number,
): [number, number] | undefined {
  if (shift < 1 || shift > largestShift || exact < 2 ** 30) return undefined;
  const nearest = Math.round(exact * 2 ** (outputBits + fine - 31 - shift));
  for (const change of [0, 1, -1, 2, -2, 3, -3, 4, -4, 6, -6, 8, -8]) {
    const multiplier = nearest + change;
    const rounding = roundingOf(multiplier, exact, shift, bias, low, high);
    if (rounding !== undefined && staysInside(multiplier, rounding, low, high)) return [multiplier, rounding];
  }
  return undefined;
}

/** A rounding with which outputs change at the very sums where MultiplyByQuantizedMultiplier's do. */
function roundingOf(
  multiplier: number,
  exact: number,
  shift: number,
  bias: number,
  low: number,
  high: number,
): number | undefined {
  const product = (sum: number) => Math.floor((sum * multiplier) / 2 ** fine);
  let [least, most] = [-(2 ** 31), 2 ** 31 - 1];
  for (let value = -127; value <= 127; value++) {
    // Of results above 0 ties go up: the first sum that comes to value + 128 steps.
    const half = (value + 128) * 2 ** shift - 2 ** (shift - 1);
    const first = Math.ceil(((2 * half - 1) * 2 ** 30) / exact) - bias;
    if (first <= high) least = Math.max(least, value * 2 ** outputBits - product(Math.max(first, low)));
    if (first > low) most = Math.min(most, value * 2 ** outputBits - 1 - product(Math.min(first - 1, high)));
  }
  return least <= most ? Math.floor((least + most) / 2) : undefined;
}

/** Nothing leaves 32 bits. */
function staysInside(multiplier: number, rounding: number, low: number, high: number): boolean {
  const furthest = Math.max(-low, high);
  const coarse = Math.floor((multiplier + 2 ** (fine - 1)) / 2 ** fine);
  const rest = Math.abs(multiplier - coarse * 2 ** fine);
  return (
    multiplier > 0 &&
    multiplier + 2 ** (fine - 1) < 2 ** 31 &&
    furthest * rest < 2 ** 31 &&
    furthest * coarse + 2 ** (31 - fine) + Math.abs(rounding) + 1 < 2 ** 31
  );
}

/** @param narrow channels whose multipliers get a minus sign */
export function directConstants(
  label: string,
  { multiplier, rounding }: Direct,
  narrow: (channel: number) => boolean,
): Constant[] {
  return [
    {
      name: `${label}_multiplier`,
      ctype: 'int32_t',
      data: multiplier.map((m, c) => (narrow(c) ? -m : m)),
      comment: `${label}: real multiplier of the sums = multiplier * 2^-${outputBits + fine}; negative for groups of two`,
      align: 4,
    },
    {
      name: `${label}_rounding`,
      ctype: 'int32_t',
      data: rounding,
      comment: `${label}: bias, output offset and half a step, * 2^${outputBits}`,
      align: 4,
    },
  ];
}
