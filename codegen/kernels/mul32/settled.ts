/**
 * Output channels that give one and the same value whatever the input: training has left their weights at 0, or so small that the bias
 * alone decides, and converters write them with biases of 2^30 and multipliers of 2^-27, which no proof of a mul32 kernel
 * lets pass. Such a channel gets weights of 0 and numbers of ordinary size that give its value.
 */

import { multiplyByQuantizedMultiplier } from '../../../src/numerics/fixed_point.js';
import { clamp } from '../../../src/numerics/rounding.js';
import type { WeightedParameters } from '../../../src/ops/convolution.js';

/** Where the weights of a channel lie: from `start(c)`, `step` apart, `taps` of them. */
export interface ChannelWeights {
  start(channel: number): number;
  readonly step: number;
  readonly taps: number;
}

/** A multiplier of 1/2, and a right shift as in the middle of what layers have: with them 256 · x gives x. */
const half = 2 ** 30;
const right = 7;
const unit = 2 ** (right + 1);

/** The same layer, output for output. @param p int8, with a multiplier for each channel; any other is returned as it is */
export function settled<P extends WeightedParameters>(p: P, channels: number, layout: ChannelWeights): P {
  if (p.multiplier.length !== channels) return p;
  const values = Array.from({ length: channels }, (_, c) => onlyValue(p, c, layout));
  if (values.every((value) => value === undefined)) return p;
  const [weights, multiplier, shift] = [p.weights.slice(), p.multiplier.slice(), p.shift.slice()];
  const bias = p.bias ? p.bias.slice() : new Int32Array(channels);
  for (const [c, value] of values.entries()) {
    if (value === undefined) continue;
    for (let i = 0, at = layout.start(c); i < layout.taps; i++, at += layout.step) weights[at] = 0;
    [multiplier[c], shift[c], bias[c]] = [half, -right, unit * (value - p.outputOffset)];
  }
  return { ...p, weights, multiplier, shift, bias };
}

/** What the channel always gives; undefined if that hangs on the input, or on sums that wrap around. */
function onlyValue(
  p: WeightedParameters,
  c: number,
  { start, step, taps }: ChannelWeights,
): number | undefined {
  let low = Number(p.bias?.[c] ?? 0);
  let high = low;
  const [least, most] = [p.inputOffset - 128, p.inputOffset + 127];
  for (let i = 0, at = start(c); i < taps; i++, at += step) {
    const w = Number(p.weights[at]);
    low += w * (w > 0 ? least : most);
    high += w * (w > 0 ? most : least);
  }
  if (low < -(2 ** 31) || high >= 2 ** 31) return undefined;
  const value = (sum: number) => {
    const scaled = multiplyByQuantizedMultiplier(sum, p.multiplier[c]!, p.shift[c]!);
    return clamp(scaled + p.outputOffset, p.activation.min, p.activation.max);
  };
  // Requantization never falls where sums rise.
  return value(low) === value(high) ? value(low) : undefined;
}
