/** The portable kernels of BATCH_MATMUL: one call for each pair of matrices. */
import type { BatchMatmulParameters } from '../../../src/ops/batch_matmul.js';
import { endingOf, printBroadcastLoops } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from './weighted.js';

export const portableBatchMatmul: readonly Kernel<BatchMatmulParameters>[] = (
  ['int8', 'int16', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `batch_matmul_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower: (p) => ({
    scratchBytes: 0,
    overlaps: [],
    constants: [],
    sources: [`portable/batch_matmul_${endingOf[dtype]}.c`],
    emit(printer, at) {
      const { rows, depth, columns, a, b, quantized: q } = p;
      printStruct(printer, `struct ${at.kernel('crimp_matmul')} shape`, {
        rows,
        depth,
        columns,
        a_stride: a.outer,
        a_depth_stride: a.depth,
        b_stride: b.outer,
        b_depth_stride: b.depth,
      });
      if (q) {
        printStruct(printer, `struct ${at.kernel('crimp_matmul_scaling')} scaling`, {
          a_offset: q.offsetA,
          b_offset: q.offsetB,
          output_offset: q.offset,
          multiplier: q.multiplier,
          shift: q.shift,
        });
      }
      printer.line();
      const [sizeA, sizeB, size] = [rows * depth, depth * columns, rows * columns];
      // The innermost loop is over one matrix of the output, which the kernel walks.
      const whole = { count: size, a: 1, b: 1 };
      const loops = p.loops.map((loop) => ({ ...loop, a: loop.a * sizeA, b: loop.b * sizeB }));
      const only = loops.length === 1 && loops[0]!.count === 1;
      printBroadcastLoops(printer, at, only ? [whole] : [whole, ...loops], (run) => {
        const matrices = [run.a, run.b, run.output, '&shape', ...(q ? ['&scaling'] : [])];
        printer.call(at.kernel(`crimp_batch_matmul_${endingOf[dtype]}`), matrices);
      });
    },
  }),
}));
