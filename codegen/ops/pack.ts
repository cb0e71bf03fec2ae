/** How PACK becomes C: as a concatenation. */
import type { ConcatenationParameters } from '../../src/ops/concatenation.js';
import { packParameters } from '../../src/ops/pack.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableConcatenation } from '../kernels/portable/concatenation.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<ConcatenationParameters>[] = [...portableConcatenation];

export const pack: OpEmitter<'PACK'> = {
  type: 'PACK',
  lower: (op, graph, context) => chooseKernel(kernels, packParameters(op, graph), context),
};
