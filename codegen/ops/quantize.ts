/** How QUANTIZE becomes C. */
import { type QuantizeParameters, quantizeParameters } from '../../src/ops/quantize.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableQuantize } from '../kernels/portable/quantize.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<QuantizeParameters>[] = [...portableQuantize];

export const quantize: OpEmitter<'QUANTIZE'> = {
  type: 'QUANTIZE',
  lower: (op, graph, context) => chooseKernel(kernels, quantizeParameters(op, graph), context),
};
