/** The portable kernel of RELU6: clamp.c. */
import type { ClampParameters } from '../../../src/ops/relu6.js';
import { elementWiseOverlaps, endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';

export const portableClamp: readonly Kernel<ClampParameters>[] = [
  {
    capability: 'portable',
    name: 'clamp',
    accepts: () => true,
    lower: ({ dtype, count, range }) => ({
      scratchBytes: 0,
      overlaps: elementWiseOverlaps(dtype, dtype, count),
      constants: [],
      sources: ['portable/clamp.c'],
      emit(printer, at) {
        const literal = dtype === 'float32' ? floatLiteral : String;
        const rest = [`${count}`, literal(range.min), literal(range.max)];
        printer.call(at.kernel(`crimp_clamp_${endingOf[dtype]}`), [at.input(0), at.output(0), ...rest]);
      },
    }),
  },
];
