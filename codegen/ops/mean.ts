/** How MEAN becomes C. */
import { type MeanParameters, meanParameters } from '../../src/ops/mean.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableMean } from '../kernels/portable/mean.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<MeanParameters>[] = [...portableMean];

export const mean: OpEmitter<'MEAN'> = {
  type: 'MEAN',
  lower: (op, graph, context) => chooseKernel(kernels, meanParameters(op, graph), context),
};
