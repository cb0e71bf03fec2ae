/** ADD and SUB of int8 as one sum of two products, where that is exact for all pairs of values (../mul32/sum_s8.ts): sum_s8.c. */
import type { AdditionParameters } from '../../../src/ops/addition.js';
import { broadcastOverlaps, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { sumOf } from '../mul32/sum_s8.js';
import { printStruct } from '../portable/weighted.js';

/** @param sign of b: 1 for ADD, −1 for SUB */
export function dspSum(sign: 1 | -1): Kernel<AdditionParameters> {
  return {
    capability: 'dsp',
    name: 'sum_s8',
    accepts: (p) =>
      p.dtype === 'int8' &&
      p.activation.min === -128 &&
      p.activation.max === 127 &&
      sumOf(p, sign) !== undefined,
    lower: (p) => ({
      why: 'one sum of two products, exact for all pairs of values',
      scratchBytes: 0,
      overlaps: broadcastOverlaps(p.loops),
      constants: [],
      sources: ['dsp/sum_s8.c'],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_dsp_sum')} sum`, { ...sumOf(p, sign) });
        printer.line();
        printBroadcast(printer, at, 'crimp_dsp_sum_s8', p.loops, ['&sum']);
      },
    }),
  };
}
