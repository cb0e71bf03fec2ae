/** How AVERAGE_POOL_2D becomes C. */
import { type PoolParameters, poolParameters } from '../../src/ops/pooling.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspAveragePool } from '../kernels/dsp/average_pool_s8.js';
import { portablePool } from '../kernels/portable/pool.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<PoolParameters>[] = [dspAveragePool, ...portablePool('average_pool')];

export const averagePool2d: OpEmitter<'AVERAGE_POOL_2D'> = {
  type: 'AVERAGE_POOL_2D',
  lower: (op, graph, context) => chooseKernel(kernels, poolParameters(op, graph), context),
};
