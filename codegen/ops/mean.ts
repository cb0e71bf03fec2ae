/** How MEAN becomes C. */
import { summationParameters } from '../../src/ops/summation.js';
import { chooseKernel } from '../kernel.js';
import { portableMean } from '../kernels/portable/mean.js';
import type { OpEmitter } from '../layer.js';

export const mean: OpEmitter<'MEAN'> = {
  type: 'MEAN',
  lower: (op, graph, context) => chooseKernel(portableMean, summationParameters(op, graph), context),
};
