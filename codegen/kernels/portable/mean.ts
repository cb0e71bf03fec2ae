/** The portable kernels of MEAN and of SUM, which only scales otherwise: mean_s8.c and its siblings. */
import { elementBytes } from '../../../src/graph/access.js';
import { loopOffsets, type ReductionLoop } from '../../../src/ops/reduction.js';
import type { SummationParameters } from '../../../src/ops/summation.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { leadOf } from '../../lead.js';
import { floatLiteral } from '../../literals.js';
import type { Printer } from '../../printer.js';
import { printStruct } from './weighted.js';

/** `struct crimp_loops` has four. */
function printLoops(printer: Printer, type: string, name: string, loops: readonly ReductionLoop[]): void {
  const four = [...loops];
  while (four.length < 4) four.unshift({ count: 1, stride: 0 });
  const list = (values: readonly number[]) => `{${values.join(', ')}}`;
  const [counts, strides] = [four.map((l) => l.count), four.map((l) => l.stride)];
  printer.line(`static const struct ${type} ${name} = {${list(counts)}, ${list(strides)}};`);
}

export const portableMean: readonly Kernel<SummationParameters>[] = (
  ['int8', 'int16', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `mean_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower(p) {
    const starts = loopOffsets(p.kept);
    return {
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOf(starts.length, elementBytes(dtype), (i) => starts[i]!) }],
      constants: [],
      sources: [`portable/mean_${endingOf[dtype]}.c`],
      emit(printer, at) {
        const loops = at.kernel('crimp_loops');
        printLoops(printer, loops, 'kept', p.kept);
        printLoops(printer, loops, 'reduced', p.reduced);
        const q = p.quantized;
        if (q) {
          printStruct(printer, `struct ${at.kernel('crimp_mean')} mean`, {
            sum_offset: q.sumOffset,
            multiplier: q.multiplier,
            shift: q.shift,
            output_zero_point: q.outputZeroPoint,
          });
        }
        const rest = ['&kept', '&reduced', q ? '&mean' : floatLiteral(p.divisor)];
        printer.line().call(at.kernel(`crimp_mean_${endingOf[dtype]}`), [at.input(0), at.output(0), ...rest]);
      },
    };
  },
}));
