/** How PAD becomes C. */
import { type PadParameters, padParameters } from '../../src/ops/pad.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portablePad } from '../kernels/portable/pad.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<PadParameters>[] = [...portablePad];

export const pad: OpEmitter<'PAD'> = {
  type: 'PAD',
  lower: (op, graph, context) => chooseKernel(kernels, padParameters(op, graph), context),
};
