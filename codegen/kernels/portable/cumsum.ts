/** The portable kernels of CUMSUM: cumsum_s8.c and cumsum_f32.c. */
import type { CumsumParameters } from '../../../src/ops/cumsum.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { printShiftedSum } from './shifted_sum.js';
import { printStruct } from './weighted.js';

export const portableCumsum: readonly Kernel<CumsumParameters>[] = (['int8', 'float32'] as const).map(
  (dtype) => ({
    capability: 'portable',
    name: `cumsum_${endingOf[dtype]}`,
    accepts: (p) => p.dtype === dtype,
    lower: ({ rows, depth, columns, exclusive, reverse, quantized }) => ({
      scratchBytes: 0,
      // Column by column: each value goes where it has been read.
      overlaps: [{ input: 0, lead: 0, exact: true }],
      constants: [],
      sources: [`portable/cumsum_${endingOf[dtype]}.c`],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_cumsum')} shape`, {
          rows,
          depth,
          columns,
          first: reverse ? (depth - 1) * columns : 0,
          step: reverse ? -columns : columns,
          exclusive: exclusive ? 1 : 0,
        });
        if (quantized) printShiftedSum(printer, at, quantized);
        const args = [at.input(0), at.output(0), '&shape', ...(quantized ? ['&scaling'] : [])];
        printer.line().call(at.kernel(`crimp_cumsum_${endingOf[dtype]}`), args);
      },
    }),
  }),
);
