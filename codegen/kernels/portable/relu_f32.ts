/** The portable kernel of float32 RELU: relu_f32.c. Quantized RELU is a requantization: quantize.ts. */
import type { ReluParameters } from '../../../src/ops/relu.js';
import { elementWiseOverlaps } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';

export const portableReluFloat32: Kernel<ReluParameters> = {
  capability: 'portable',
  name: 'relu_f32',
  accepts: (p) => p.input === 'float32',
  lower: ({ count }) => ({
    scratchBytes: 0,
    overlaps: elementWiseOverlaps('float32', 'float32', count),
    constants: [],
    sources: ['portable/relu_f32.c'],
    emit(printer, at) {
      printer.call(at.kernel('crimp_relu_f32'), [at.input(0), at.output(0), `${count}`]);
    },
  }),
};
