/** How MUL becomes C. */
import { type MulParameters, mulParameters } from '../../src/ops/mul.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableMul } from '../kernels/portable/mul.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<MulParameters>[] = [...portableMul];

export const mul: OpEmitter<'MUL'> = {
  type: 'MUL',
  lower: (op, graph, context) => chooseKernel(kernels, mulParameters(op, graph), context),
};
