/** What rescale.ts takes for exact, against MultiplyByQuantizedMultiplier on every sum that a channel can reach. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rescaleOf } from '../../codegen/kernels/mul32/rescale.js';
import { multiplyByQuantizedMultiplier } from '../../src/numerics/fixed_point.js';
import type { WeightedParameters } from '../../src/ops/convolution.js';
import { random } from '../property/random.js';

const clamp = (x: number, min: number, max: number) => Math.max(min, Math.min(max, x));

/** crimp_mul32_make_factor and crimp_mul32_rescale in exact numbers; nothing may leave 32 bits. */
function rescaled(
  sum: number,
  p: WeightedParameters,
  { fields, multiplier, limit }: NonNullable<ReturnType<typeof rescaleOf>>,
): number {
  const fits = (x: number) => {
    if (x !== (x | 0)) assert.fail(`${x} leaves 32 bits`);
    return x;
  };
  const high = fits(multiplier[0]! + 2 ** (fields.fine - 1)) >> fields.fine;
  const low = multiplier[0]! - high * 2 ** fields.fine;
  const unit = fits(limit[0]! * 2 ** fields.limit_shift);
  const highest = fits(unit * fields.up) >> 8;
  const lowest = -(fits(unit * fields.down) >> 8);
  const step = (2 ** 22) >> -p.shift[0]!;
  const rounding = fits(p.outputOffset * 2 ** 22 + 2 ** 21 + (step >> 1));
  const x = clamp(sum, lowest, highest);
  const fine = fits(x * low) >> fields.fine;
  return fits(fits(fits(x * high) + fine) + (x < 0 ? rounding - step : rounding)) >> 22;
}

test('a rescaled layer gives what MultiplyByQuantizedMultiplier gives, for every sum', () => {
  const rng = random(11);
  let exact = 0;
  for (let i = 0; i < 60; i++) {
    const weights = Int8Array.from({ length: rng.int(1, 12) }, () => rng.int(-127, 127));
    const outputOffset = rng.int(-128, 127);
    const relu = rng.next() < 0.5;
    const p = {
      inputOffset: rng.int(-127, 128),
      outputOffset,
      multiplier: Int32Array.of(rng.int(2 ** 30, 2 ** 31 - 1)),
      shift: Int32Array.of(-rng.int(3, 12)),
      activation: { min: relu ? outputOffset : -128, max: rng.int(Math.max(outputOffset, 0), 127) },
      bias: Int32Array.of(rng.int(-9000, 9000)),
    } as unknown as WeightedParameters;
    const rescale = rescaleOf(p, () => weights, 1);
    if (!rescale) continue;
    exact++;
    const bias = weights.reduce((sum, w) => sum + w * p.inputOffset, (p.bias as Int32Array)[0]!);
    const lowest = weights.reduce((sum, w) => sum + Math.min(127 * w, -128 * w), bias);
    const highest = weights.reduce((sum, w) => sum + Math.max(127 * w, -128 * w), bias);
    for (let sum = lowest; sum <= highest; sum++) {
      const value = multiplyByQuantizedMultiplier(sum, p.multiplier[0]!, p.shift[0]!) + outputOffset;
      const expected = clamp(value, p.activation.min, p.activation.max);
      if (rescaled(sum, p, rescale) !== expected) {
        assert.equal(rescaled(sum, p, rescale), expected, `case ${i}, sum ${sum}`);
      }
    }
  }
  assert.ok(exact > 40, `only ${exact} of 60 were taken for exact`);
});
