/** How L2_POOL_2D becomes C. */
import { type PoolParameters, poolParameters } from '../../src/ops/pooling.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portablePool } from '../kernels/portable/pool.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<PoolParameters>[] = [...portablePool('l2_pool')];

export const l2Pool2d: OpEmitter<'L2_POOL_2D'> = {
  type: 'L2_POOL_2D',
  lower: (op, graph, context) => chooseKernel(kernels, poolParameters(op, graph), context),
};
