/** How SOFTMAX becomes C. */
import { type SoftmaxParameters, softmaxParameters } from '../../src/ops/softmax.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableSoftmax } from '../kernels/portable/softmax.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<SoftmaxParameters>[] = [...portableSoftmax];

export const softmax: OpEmitter<'SOFTMAX'> = {
  type: 'SOFTMAX',
  lower: (op, graph, context) => chooseKernel(kernels, softmaxParameters(op, graph), context),
};
