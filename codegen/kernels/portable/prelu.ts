/** The portable kernels of PRELU: prelu_s8.c and its siblings. */
import type { PreluParameters } from '../../../src/ops/prelu.js';
import { broadcastOverlaps, endingOf, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from './weighted.js';

export const portablePrelu: readonly Kernel<PreluParameters>[] = (['int8', 'int16', 'float32'] as const).map(
  (dtype) => ({
    capability: 'portable',
    name: `prelu_${endingOf[dtype]}`,
    accepts: (p) => p.dtype === dtype,
    lower: ({ loops, quantized: q }) => ({
      scratchBytes: 0,
      // The slopes of an int16 input are narrower than the output.
      overlaps: broadcastOverlaps(loops).filter(({ input }) => input === 0 || dtype !== 'int16'),
      constants: [],
      sources: [`portable/prelu_${endingOf[dtype]}.c`],
      emit(printer, at) {
        if (q) {
          printStruct(printer, `struct ${at.kernel('crimp_prelu')} prelu`, {
            input_offset: q.inputOffset,
            alpha_offset: q.alphaOffset,
            output_offset: q.outputOffset,
            identity_multiplier: q.identity.multiplier,
            identity_shift: q.identity.shift,
            product_multiplier: q.product.multiplier,
            product_shift: q.product.shift,
            min: q.range.min,
            max: q.range.max,
          });
          printer.line();
        }
        printBroadcast(printer, at, `crimp_prelu_${endingOf[dtype]}`, loops, q ? ['&prelu'] : []);
      },
    }),
  }),
);
