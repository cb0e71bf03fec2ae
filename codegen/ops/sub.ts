/** How SUB becomes C. */
import { type AdditionParameters, additionParameters } from '../../src/ops/addition.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspSum } from '../kernels/dsp/sum_s8.js';
import { mul32Sum } from '../kernels/mul32/sum_s8.js';
import { portableSub } from '../kernels/portable/add.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<AdditionParameters>[] = [dspSum(-1), mul32Sum(-1), ...portableSub];

export const sub: OpEmitter<'SUB'> = {
  type: 'SUB',
  lower: (op, graph, context) => chooseKernel(kernels, additionParameters(op, graph), context),
};
