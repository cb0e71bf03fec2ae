/** The portable kernels of ADD: add_s8.c and its siblings. */
import type { AddParameters } from '../../../src/ops/add.js';
import { broadcastOverlaps, endingOf, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';
import { printStruct } from './weighted.js';

export const portableAdd: readonly Kernel<AddParameters>[] = (
  ['int8', 'int16', 'int32', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `add_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower: (p) => ({
    scratchBytes: 0,
    overlaps: broadcastOverlaps(p.loops),
    constants: [],
    sources: [`portable/add_${endingOf[dtype]}.c`],
    emit(printer, at) {
      const { activation, quantized } = p;
      const rest = [];
      if (quantized) {
        const { a, b, output } = quantized;
        printStruct(printer, `struct ${at.kernel('crimp_add')} add`, {
          a_offset: a.offset,
          a_multiplier: a.multiplier,
          a_shift: a.shift,
          b_offset: b.offset,
          b_multiplier: b.multiplier,
          b_shift: b.shift,
          output_offset: output.offset,
          output_multiplier: output.multiplier,
          output_shift: output.shift,
          activation_min: activation.min,
          activation_max: activation.max,
        });
        printer.line();
        rest.push('&add');
      } else if (dtype === 'float32') rest.push(floatLiteral(activation.min), floatLiteral(activation.max));
      printBroadcast(printer, at, `crimp_add_${endingOf[dtype]}`, p.loops, rest);
    },
  }),
}));
