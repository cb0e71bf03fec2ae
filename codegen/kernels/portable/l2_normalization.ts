/** The portable kernels of L2_NORMALIZATION. Both read a row before they write it. */
import { type L2NormalizationParameters, l2NormalizationEpsilon } from '../../../src/ops/l2_normalization.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';

export const portableL2Normalization: readonly Kernel<L2NormalizationParameters>[] = (
  ['int8', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `l2_normalization_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower: ({ rows, depth, inputZeroPoint }) => ({
    scratchBytes: 0,
    overlaps: [{ input: 0, lead: 0 }],
    constants: [],
    sources: [`portable/l2_normalization_${endingOf[dtype]}.c`],
    emit(printer, at) {
      const last = dtype === 'int8' ? `${inputZeroPoint}` : floatLiteral(l2NormalizationEpsilon);
      const kernel = at.kernel(`crimp_l2_normalization_${endingOf[dtype]}`);
      printer.call(kernel, [at.input(0), at.output(0), `${rows}`, `${depth}`, last]);
    },
  }),
}));
