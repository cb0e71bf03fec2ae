/** How DEQUANTIZE becomes C. */
import { type DequantizeParameters, dequantizeParameters } from '../../src/ops/dequantize.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableDequantize } from '../kernels/portable/dequantize.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<DequantizeParameters>[] = [...portableDequantize];

export const dequantize: OpEmitter<'DEQUANTIZE'> = {
  type: 'DEQUANTIZE',
  lower: (op, graph, context) => chooseKernel(kernels, dequantizeParameters(op, graph), context),
};
