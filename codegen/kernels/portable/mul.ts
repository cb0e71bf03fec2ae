/** The portable kernels of MUL: mul_s8.c and its siblings. */
import type { MulParameters } from '../../../src/ops/mul.js';
import { broadcastOverlaps, endingOf, printBroadcast } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { literals } from '../../literals.js';
import { printStruct } from './weighted.js';

export const portableMul: readonly Kernel<MulParameters>[] = (
  ['int8', 'int16', 'int32', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `mul_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower: (p) => ({
    scratchBytes: 0,
    overlaps: broadcastOverlaps(p.loops),
    constants: [],
    sources: [`portable/mul_${endingOf[dtype]}.c`],
    emit(printer, at) {
      const { activation, quantized } = p;
      const rest = [];
      if (quantized) {
        printStruct(printer, `struct ${at.kernel('crimp_mul')} mul`, {
          a_offset: quantized.offsetA,
          b_offset: quantized.offsetB,
          output_offset: quantized.offset,
          multiplier: quantized.multiplier,
          shift: quantized.shift,
          activation_min: activation.min,
          activation_max: activation.max,
        });
        printer.line();
        rest.push('&mul');
      } else {
        const bounds = [activation.min, activation.max];
        rest.push(
          ...(dtype === 'int32'
            ? literals({ ctype: 'int32_t', data: Int32Array.from(bounds) })
            : literals({ ctype: 'float', data: Float32Array.from(bounds) })),
        );
      }
      printBroadcast(printer, at, `crimp_mul_${endingOf[dtype]}`, p.loops, rest);
    },
  }),
}));
