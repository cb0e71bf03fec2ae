/** How SQUARED_DIFFERENCE becomes C. */
import { type DifferenceScaling, squaredDifferenceParameters } from '../../src/ops/squared_difference.js';
import { binaryEmitter } from '../kernels/portable/binary.js';
import { printStruct } from '../kernels/portable/weighted.js';

export const squaredDifference = binaryEmitter<'SQUARED_DIFFERENCE', DifferenceScaling>(
  'SQUARED_DIFFERENCE',
  squaredDifferenceParameters,
  {
    sources: ['portable/squared_difference.c'],
    prepare({ leftShift, a, b, output, range }, printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_squared_difference')} scaling`, {
        factor: 2 ** leftShift,
        a_offset: a.offset,
        a_multiplier: a.multiplier,
        a_shift: a.shift,
        b_offset: b.offset,
        b_multiplier: b.multiplier,
        b_shift: b.shift,
        output_offset: output.offset,
        output_multiplier: output.multiplier,
        output_shift: output.shift,
        min: range.min,
        max: range.max,
      });
      printer.line();
    },
    value({ quantized, input }, { a, b, at }) {
      if (quantized) return `${at.kernel('crimp_squared_difference_of')}(${a}, ${b}, &scaling)`;
      const ending = input === 'float32' ? 'f32' : 's32';
      return `${at.kernel(`crimp_squared_difference_${ending}`)}(${a}, ${b})`;
    },
  },
);
