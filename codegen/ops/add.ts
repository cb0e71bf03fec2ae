/** How ADD becomes C. */
import { type AddParameters, addParameters } from '../../src/ops/add.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { mul32Add } from '../kernels/mul32/add_s8.js';
import { portableAdd } from '../kernels/portable/add.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<AddParameters>[] = [mul32Add, ...portableAdd];

export const add: OpEmitter<'ADD'> = {
  type: 'ADD',
  lower: (op, graph, context) => chooseKernel(kernels, addParameters(op, graph), context),
};
