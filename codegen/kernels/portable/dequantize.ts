/** The portable kernels of DEQUANTIZE: dequantize.c. */
import type { DequantizeParameters } from '../../../src/ops/dequantize.js';
import { elementWiseOverlaps, endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';

export const portableDequantize: readonly Kernel<DequantizeParameters>[] = [
  {
    capability: 'portable',
    name: 'dequantize',
    accepts: () => true,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: elementWiseOverlaps(p.input, 'float32', p.count),
      constants: [],
      sources: ['portable/dequantize.c'],
      emit(printer, at) {
        const rest = [`${p.count}`, floatLiteral(p.scale), `${p.zeroPoint}`];
        printer.call(at.kernel(`crimp_dequantize_${endingOf[p.input]}`), [
          at.input(0),
          at.output(0),
          ...rest,
        ]);
      },
    }),
  },
];
