/** ADD and SUB of int8 as one sum of two products: sum_s8.c, where that is exact for all 65,536 pairs of values. */
import { multiplyByQuantizedMultiplier } from '../../../src/numerics/fixed_point.js';
import type { AdditionParameters, AdditionTerm } from '../../../src/ops/addition.js';
import { broadcastOverlaps, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from '../portable/weighted.js';

/** crimp_mul32_sum_bits */
const bits = 22;

/** Fields of struct crimp_mul32_sum. */
export interface Sum {
  readonly a_factor: number;
  readonly b_factor: number;
  readonly rounding: number;
}

type Quantized = NonNullable<AdditionParameters['quantized']>;

/** What the operand's value `i` − 128 adds to TFLM's sum. */
function termsOf(term: AdditionTerm, leftShift: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, i) =>
    multiplyByQuantizedMultiplier((i - 128 + term.offset) << leftShift, term.multiplier, term.shift),
  );
}

/** Steps of the output for a step of the operand, * 2^bits. */
function factorOf({ leftShift, output }: Quantized, term: AdditionTerm): number {
  const real = 2 ** (leftShift + term.shift - 31) * term.multiplier;
  return Math.round(real * 2 ** (output.shift - 31 + bits) * output.multiplier);
}

/** The constants with which every pair gives TFLM's value; undefined when there are none. */
export function sumOf(
  { quantized: q, activation: { min, max } }: AdditionParameters,
  sign: 1 | -1,
): Sum | undefined {
  if (!q) return undefined;
  const [a, b] = [factorOf(q, q.a), sign * factorOf(q, q.b)];
  const furthest = 128 * (Math.abs(a) + Math.abs(b));
  if (furthest >= 2 ** 31) return undefined;
  const [termsA, termsB] = [termsOf(q.a, q.leftShift), termsOf(q.b, q.leftShift)];
  let lowest = Number.NEGATIVE_INFINITY;
  let highest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 256; i++) {
    for (let j = 0; j < 256; j++) {
      const sum = (termsA[i]! + sign * termsB[j]!) | 0;
      const value = multiplyByQuantizedMultiplier(sum, q.output.multiplier, q.output.shift) + q.output.offset;
      const products = (i - 128) * a + (j - 128) * b;
      if (value > min) lowest = Math.max(lowest, Math.min(value, max) * 2 ** bits - products);
      if (value < max) highest = Math.min(highest, (Math.max(value, min) + 1) * 2 ** bits - 1 - products);
      if (lowest > highest) return undefined;
    }
  }
  const rounding = Math.floor((Math.max(lowest, -(2 ** 31)) + Math.min(highest, 2 ** 31)) / 2);
  if (furthest + Math.abs(rounding) >= 2 ** 31) return undefined;
  return { a_factor: a, b_factor: b, rounding };
}

/** @param sign of b: 1 for ADD, −1 for SUB */
export function mul32Sum(sign: 1 | -1): Kernel<AdditionParameters> {
  return {
    capability: 'mul32',
    name: 'sum_s8',
    accepts: (p) => p.dtype === 'int8' && sumOf(p, sign) !== undefined,
    lower: (p) => ({
      why: 'one sum of two products, exact for all pairs of values',
      scratchBytes: 0,
      overlaps: broadcastOverlaps(p.loops),
      constants: [],
      sources: ['mul32/sum_s8.c'],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_mul32_sum')} sum`, {
          ...sumOf(p, sign),
          ...p.activation,
        });
        printer.line();
        printBroadcast(printer, at, 'crimp_mul32_sum_s8', p.loops, ['&sum']);
      },
    }),
  };
}
