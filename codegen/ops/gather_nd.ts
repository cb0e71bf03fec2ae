/** How GATHER_ND becomes C. */
import { type GatherNdParameters, gatherNdParameters } from '../../src/ops/gather_nd.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableGatherNd } from '../kernels/portable/gather_nd.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<GatherNdParameters>[] = [...portableGatherNd];

export const gatherNd: OpEmitter<'GATHER_ND'> = {
  type: 'GATHER_ND',
  lower: (op, graph, context) => chooseKernel(kernels, gatherNdParameters(op, graph), context),
};
