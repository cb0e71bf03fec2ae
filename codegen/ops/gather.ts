/** How GATHER becomes C. */
import { type GatherParameters, gatherParameters } from '../../src/ops/gather.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableGather } from '../kernels/portable/gather.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<GatherParameters>[] = [...portableGather];

export const gather: OpEmitter<'GATHER'> = {
  type: 'GATHER',
  lower: (op, graph, context) => chooseKernel(kernels, gatherParameters(op, graph), context),
};
