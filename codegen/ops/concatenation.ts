/** How CONCATENATION becomes C. */
import { type ConcatenationParameters, concatenationParameters } from '../../src/ops/concatenation.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableConcatenation } from '../kernels/portable/concatenation.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<ConcatenationParameters>[] = [...portableConcatenation];

export const concatenation: OpEmitter<'CONCATENATION'> = {
  type: 'CONCATENATION',
  lower: (op, graph, context) => chooseKernel(kernels, concatenationParameters(op, graph), context),
};
