/** The portable kernels of ADD and SUB: add_s8.c, sub_s8.c and their siblings. */
import type { AdditionParameters } from '../../../src/ops/addition.js';
import { broadcastOverlaps, endingOf, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral, literals } from '../../literals.js';
import { printStruct } from './weighted.js';

const dtypes = ['int8', 'int16', 'int32', 'float32'] as const;

export const portableAdd = dtypes.map((dtype) => kernelOf('add', dtype));
export const portableSub = dtypes.map((dtype) => kernelOf('sub', dtype));

function kernelOf(operator: 'add' | 'sub', dtype: AdditionParameters['dtype']): Kernel<AdditionParameters> {
  const name = `${operator}_${endingOf[dtype]}`;
  return {
    capability: 'portable',
    name,
    accepts: (p) => p.dtype === dtype,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: broadcastOverlaps(p.loops),
      constants: [],
      sources: [`portable/${name}.c`],
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
        else if (operator === 'sub') {
          const bounds = Int32Array.of(activation.min, activation.max);
          rest.push(...literals({ ctype: 'int32_t', data: bounds }));
        }
        printBroadcast(printer, at, `crimp_${name}`, p.loops, rest);
      },
    }),
  };
}
