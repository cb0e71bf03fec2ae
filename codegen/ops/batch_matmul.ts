/** How BATCH_MATMUL becomes C. */
import { batchMatmulParameters } from '../../src/ops/batch_matmul.js';
import { chooseKernel } from '../kernel.js';
import { portableBatchMatmul } from '../kernels/portable/batch_matmul.js';
import type { OpEmitter } from '../layer.js';

export const batchMatmul: OpEmitter<'BATCH_MATMUL'> = {
  type: 'BATCH_MATMUL',
  lower: (op, graph, context) => chooseKernel(portableBatchMatmul, batchMatmulParameters(op, graph), context),
};
