/** How SUM becomes C. */
import { summationParameters } from '../../src/ops/summation.js';
import { chooseKernel } from '../kernel.js';
import { portableMean } from '../kernels/portable/mean.js';
import type { OpEmitter } from '../layer.js';

export const sum: OpEmitter<'SUM'> = {
  type: 'SUM',
  lower: (op, graph, context) => chooseKernel(portableMean, summationParameters(op, graph), context),
};
