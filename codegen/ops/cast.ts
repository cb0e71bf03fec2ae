/** How CAST becomes C. */
import { type CastParameters, castParameters } from '../../src/ops/cast.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableCast } from '../kernels/portable/cast.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<CastParameters>[] = [...portableCast];

export const cast: OpEmitter<'CAST'> = {
  type: 'CAST',
  lower: (op, graph, context) => chooseKernel(kernels, castParameters(op, graph), context),
};
