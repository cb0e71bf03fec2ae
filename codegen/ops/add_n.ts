/** How ADD_N becomes C. */
import { type AddNParameters, addNParameters } from '../../src/ops/add_n.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableAddN } from '../kernels/portable/add_n.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<AddNParameters>[] = [...portableAddN];

export const addN: OpEmitter<'ADD_N'> = {
  type: 'ADD_N',
  lower: (op, graph, context) => chooseKernel(kernels, addNParameters(op, graph), context),
};
