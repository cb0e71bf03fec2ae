/** The portable kernels of ADD_N: add_n_s8.c and add_n_f32.c. */
import type { AddNParameters } from '../../../src/ops/add_n.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { ctypeOf } from '../../literals.js';
import { printShiftedSum } from './shifted_sum.js';

export const portableAddN: readonly Kernel<AddNParameters>[] = (['int8', 'float32'] as const).map(
  (dtype) => ({
    capability: 'portable',
    name: `add_n_${endingOf[dtype]}`,
    accepts: (p) => p.dtype === dtype,
    lower: ({ inputs, count, quantized }) => ({
      scratchBytes: 0,
      // A value is written when all that it is made of have been read.
      overlaps: Array.from({ length: inputs }, (_, input) => ({ input, lead: 0 })),
      constants: [],
      sources: [`portable/add_n_${endingOf[dtype]}.c`],
      emit(printer, at) {
        const addresses = Array.from({ length: inputs }, (_, i) => at.input(i));
        printer.list(`const ${ctypeOf[dtype]} *const inputs[${inputs}]`, addresses);
        if (quantized) printShiftedSum(printer, at, quantized);
        const args = ['inputs', `${inputs}`, at.output(0), `${count}`, ...(quantized ? ['&scaling'] : [])];
        printer.line().call(at.kernel(`crimp_add_n_${endingOf[dtype]}`), args);
      },
    }),
  }),
);
