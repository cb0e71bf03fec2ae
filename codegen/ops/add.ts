/** How ADD becomes C. */
import { type AdditionParameters, additionParameters } from '../../src/ops/addition.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspSum } from '../kernels/dsp/sum_s8.js';
import { mul32Add } from '../kernels/mul32/add_s8.js';
import { mul32Sum } from '../kernels/mul32/sum_s8.js';
import { portableAdd } from '../kernels/portable/add.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<AdditionParameters>[] = [dspSum(1), mul32Sum(1), mul32Add, ...portableAdd];

export const add: OpEmitter<'ADD'> = {
  type: 'ADD',
  lower: (op, graph, context) => chooseKernel(kernels, additionParameters(op, graph), context),
};
