/** ADD of int8 for cores with a 32-bit multiplier: add_s8.c. */
import type { QuantizedMultiplier } from '../../../src/numerics/quantize_multiplier.js';
import type { AdditionParameters, AdditionTerm } from '../../../src/ops/addition.js';
import { broadcastOverlaps, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from '../portable/weighted.js';

/** TFLite scales to twice the larger scale, so that operand's multiplier is 1/2 exactly. */
const isHalf = (term: QuantizedMultiplier) => term.multiplier === 2 ** 30 && term.shift === 0;

/**
 * Fields of the small operand. Its shift is 0 only when both scales are equal; then a multiplier twice as large and a
 * shift by 1 give the same.
 */
function smallFields(small: AdditionTerm) {
  const right = Math.max(1, -small.shift);
  return {
    small_offset: small.offset,
    small_high: (small.multiplier >> 16) * 32 * (isHalf(small) ? 2 : 1),
    small_low: small.multiplier & 0xffff,
    small_rounding: 2 ** (right - 1),
    small_right: right,
  };
}

/** Sums stay below 2^28, and so does the product: what is added to it before the shift has to leave room. */
function fits(output: QuantizedMultiplier & { readonly offset: number }): boolean {
  const right = -output.shift;
  return right >= 1 && 2 ** 28 + 2 ** right * (Math.abs(output.offset) + 1) < 2 ** 31;
}

export const mul32Add: Kernel<AdditionParameters> = {
  capability: 'mul32',
  name: 'add_s8',
  accepts: ({ dtype, quantized: q }) =>
    dtype === 'int8' &&
    q !== undefined &&
    (isHalf(q.a) || isHalf(q.b)) &&
    fits(q.output) &&
    -q.a.shift < 31 &&
    -q.b.shift < 31,
  lower: (p) => ({
    why: 'no 64-bit products',
    scratchBytes: 0,
    overlaps: broadcastOverlaps(p.loops),
    constants: [],
    sources: ['mul32/add_s8.c'],
    emit(printer, at) {
      const { a, b, output } = p.quantized!;
      const swapped = !isHalf(a);
      const [large, small] = swapped ? [b, a] : [a, b];
      const low = (output.multiplier << 16) >> 16;
      const right = -output.shift;
      printStruct(printer, `struct ${at.kernel('crimp_mul32_add')} add`, {
        large_term: large.offset * 2 ** 19,
        ...smallFields(small),
        high: (output.multiplier - low) / 2 ** 16,
        low,
        rounding: 2 ** (right - 1) + output.offset * 2 ** right,
        right,
        activation_min: p.activation.min,
        activation_max: p.activation.max,
      });
      printer.line();
      printBroadcast(printer, at, 'crimp_mul32_add_s8', p.loops, ['&add'], swapped);
    },
  }),
};
