/**
 * When two 32-bit multiplies requantize a layer exactly: the constants of crimp_mul32_rescale, and the proof that
 * with them every sum that the layer can reach gives what MultiplyByQuantizedMultiplier gives.
 */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Constant } from '../../layer.js';
import { type Filter, foldedBias, shiftsOf } from './proof.js';

/** crimp_mul32_output_bits: results are computed with so many bits behind the point. */
const outputBits = 22;

/** Larger right shifts would take the proof's numbers beyond what doubles hold exactly. */
const largestShift = 14;

/** What all layers but those of the largest sums can have: conv_2d_s8_rescaled.c counts on it. */
export const usualFine = 13;

export interface Rescale {
  /** Fields of struct crimp_mul32_rescale. */
  readonly fields: {
    readonly fine: number;
    readonly limit_shift: number;
    readonly up: number;
    readonly down: number;
  };
  /** For each channel its real multiplier * 2^(fine + 22). */
  readonly multiplier: Int32Array;
  /** For each channel 128 steps of the output, in sums, >> limit_shift. */
  readonly limit: Int16Array;
}

/** What a layer asks of one channel: its multiplier and right shift, and the sums that it can reach. */
interface Channel {
  readonly multiplier: number;
  readonly shift: number;
  readonly low: number;
  readonly high: number;
}

/** @returns undefined when no such form is exact: then crimp_mul32_requantize is */
export function rescaleOf(p: WeightedParameters, filter: Filter, channels: number): Rescale | undefined {
  const { min, max } = p.activation;
  if (min > p.outputOffset || max < p.outputOffset) return undefined;
  const all = channelsOf(p, filter, channels);
  if (all.some((c) => c.shift < 1 || c.shift > largestShift || c.multiplier < 2 ** 30)) return undefined;
  const up = 2 * (max - p.outputOffset);
  const down = 2 * (p.outputOffset - min);
  // No further than a channel's sums reach.
  const reach = (sum: number, steps: number) => (sum <= 0 || steps === 0 ? 0 : (sum + 1) * (256 / steps) + 1);
  const limits = all.map((c) => Math.min(128 * stepOf(c), Math.max(reach(c.high, up), reach(-c.low, down))));
  const shift = Math.max(0, Math.ceil(Math.log2(Math.max(1, ...limits) / 32767)));
  const limit = Int16Array.from(limits, (sums) => Math.ceil(sums / 2 ** shift));
  const furthest = Math.max(...limit) * 2 ** shift * (Math.max(up, down) / 256);
  const fine = Math.min(
    usualFine,
    31 - Math.floor(Math.log2(furthest)),
    ...all.map((c) => 31 + c.shift - outputBits),
    ...all.map((c) => Math.floor(30.9 - outputBits + Math.log2(stepOf(c)))),
  );
  const fields = { fine, limit_shift: shift, up, down };
  if (fine < 1) return undefined;
  const multiplier = new Int32Array(channels);
  for (const [c, channel] of all.entries()) {
    const found = multiplierOf(channel, limit[c]!, fields, p);
    if (found === undefined) return undefined;
    multiplier[c] = found;
  }
  return { fields, multiplier, limit };
}

function channelsOf(p: WeightedParameters, filter: Filter, channels: number): Channel[] {
  const shifts = shiftsOf(p);
  const bias = foldedBias(p, filter, channels);
  return Array.from({ length: channels }, (_, c) => {
    const at = p.multiplier.length > 1 ? c : 0;
    let [low, high] = [bias[c]!, bias[c]!];
    for (const w of filter(c)) {
      low += Math.min(127 * w, -128 * w);
      high += Math.max(127 * w, -128 * w);
    }
    return { multiplier: p.multiplier[at]!, shift: -shifts[at]!, low, high };
  });
}

/** By how much a sum grows for each step of the output. */
const stepOf = ({ multiplier, shift }: Channel): number => 2 ** (31 + shift) / multiplier;

/** The multiplier nearest to the real one with which the channel is exact. */
function multiplierOf(
  channel: Channel,
  limit: number,
  fields: Rescale['fields'],
  p: WeightedParameters,
): number | undefined {
  const nearest = Math.round(2 ** (outputBits + fields.fine) / stepOf(channel));
  for (const change of [0, 1, -1, 2, -2, 3, -3, 4, -4]) {
    if (isExact(channel, nearest + change, limit, fields, p)) return nearest + change;
  }
  return undefined;
}

function isExact(
  { multiplier, shift, low, high }: Channel,
  factor: number,
  limit: number,
  fields: Rescale['fields'],
  p: WeightedParameters,
): boolean {
  const { min, max } = p.activation;
  const unit = limit * 2 ** fields.limit_shift;
  const highest = Math.floor((unit * fields.up) / 256);
  const lowest = -Math.floor((unit * fields.down) / 256);
  const step = 2 ** (outputBits - shift);
  const rounding = p.outputOffset * 2 ** outputBits + 2 ** (outputBits - 1) + Math.floor(step / 2);
  const factorHigh = Math.floor((factor + 2 ** (fields.fine - 1)) / 2 ** fields.fine);
  const factorLow = factor - factorHigh * 2 ** fields.fine;
  const furthest = Math.max(highest, -lowest);
  // Everything stays inside 32 bits, and outputs inside 8.
  if (factor >= 2 ** 31 || unit * Math.max(fields.up, fields.down) >= 2 ** 31) return false;
  if (furthest * Math.abs(factorLow) >= 2 ** 31) return false;
  if (furthest * (factorHigh + 1) + Math.abs(rounding) + step >= 2 ** 31) return false;
  // The first sums with which MultiplyByQuantizedMultiplier, ties away from zero, and this form come to a value. Both
  // never fall as sums grow, so they are the same when all these are.
  const exactFirst = (value: number) => {
    const result = value - p.outputOffset;
    const product = result * 2 ** shift - 2 ** (shift - 1) + (result > 0 ? 0 : 1);
    return Math.ceil(((2 * product - 1) * 2 ** 30) / multiplier);
  };
  const first = (value: number) => {
    const from = (added: number) =>
      Math.ceil(((value * 2 ** outputBits - added) * 2 ** fields.fine) / factor);
    const negative = from(rounding - step);
    return negative < 0 ? negative : Math.max(0, from(rounding));
  };
  for (let value = min + 1; value <= max; value++) {
    const sum = exactFirst(value);
    const same = first(value) === sum;
    if (!same && (first(value) <= high || sum <= high) && (first(value) > low || sum > low)) return false;
  }
  // Sums beyond `lowest` and `highest` are taken for these: they have to give `min` and `max`, or to be out of reach.
  const [below, above] = [first(min), first(max + 1)];
  return (
    (lowest < exactFirst(min + 1) || lowest <= low) &&
    lowest >= below &&
    (highest >= exactFirst(max) || highest >= high) &&
    highest < above
  );
}

/** What the kernel reads in place of the original multipliers and shifts. */
export function rescaleConstants(
  p: WeightedParameters,
  label: string,
  bias: Int32Array,
  { fields, multiplier, limit }: Rescale,
): Constant[] {
  return [
    {
      name: `${label}_bias`,
      ctype: 'int32_t',
      data: bias,
      comment: `${label}: bias of each output channel, with input offset * sum of weights added`,
      align: 4,
    },
    {
      name: `${label}_multiplier`,
      ctype: 'int32_t',
      data: multiplier,
      comment: `${label}: real multiplier of the sums = multiplier * 2^-${outputBits + fields.fine}`,
      align: 4,
    },
    { name: `${label}_shift`, ctype: 'int8_t', data: shiftsOf(p), comment: `${label}: shift`, align: 1 },
    {
      name: `${label}_limit`,
      ctype: 'int16_t',
      data: limit,
      comment: `${label}: sums that make 128 steps of the output, >> ${fields.limit_shift}`,
      align: 2,
    },
  ];
}

/** The same, channel by channel, for conv_2d_s8_rescaled.c: its lowest sum only where there are outputs below the offset. */
export function rescaleScales(
  p: WeightedParameters,
  label: string,
  bias: Int32Array,
  { fields, multiplier, limit }: Rescale,
): Constant {
  const shifts = shiftsOf(p);
  const data = Array.from(bias, (start, c) => {
    const unit = limit[c]! * 2 ** fields.limit_shift;
    const highest = Math.floor((unit * fields.up) / 256) * 32 - shifts[shifts.length > 1 ? c : 0]!;
    const lowest = fields.down > 0 ? [-Math.floor((unit * fields.down) / 256)] : [];
    return [start, multiplier[c]!, highest, ...lowest];
  });
  return {
    name: `${label}_scales`,
    ctype: 'int32_t',
    data: Int32Array.from(data.flat()),
    comment:
      `${label}: of each channel the bias, with input offset * sum of weights added, real multiplier of the sums * ` +
      `2^${outputBits + fields.fine}, highest sum * 32 + right shift${fields.down > 0 ? ', lowest sum' : ''}`,
    align: 4,
  };
}

/** Fields of the layer's structure; all 0 where crimp_mul32_requantize has to do. */
export function rescaleFields(rescale: Rescale | undefined): Record<string, number> {
  const fields = rescale?.fields ?? { fine: 0, limit_shift: 0, up: 0, down: 0 };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`rescale.${name}`, value]));
}
