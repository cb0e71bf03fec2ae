/** How CUMSUM becomes C. */
import { type CumsumParameters, cumsumParameters } from '../../src/ops/cumsum.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableCumsum } from '../kernels/portable/cumsum.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<CumsumParameters>[] = [...portableCumsum];

export const cumsum: OpEmitter<'CUMSUM'> = {
  type: 'CUMSUM',
  lower: (op, graph, context) => chooseKernel(kernels, cumsumParameters(op, graph), context),
};
