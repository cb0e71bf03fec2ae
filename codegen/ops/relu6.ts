/** How RELU6 becomes C. */
import { type ClampParameters, relu6Parameters } from '../../src/ops/relu6.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableClamp } from '../kernels/portable/clamp.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<ClampParameters>[] = [...portableClamp];

export const relu6: OpEmitter<'RELU6'> = {
  type: 'RELU6',
  lower: (op, graph, context) => chooseKernel(kernels, relu6Parameters(op, graph), context),
};
