/** How SVDF becomes C. */
import { type SvdfParameters, svdfParameters } from '../../src/ops/svdf.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableSvdf } from '../kernels/portable/svdf.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<SvdfParameters & { readonly biased: boolean }>[] = portableSvdf;

export const svdf: OpEmitter<'SVDF'> = {
  type: 'SVDF',
  lower: (op, graph, context) =>
    chooseKernel(kernels, { ...svdfParameters(op, graph), biased: (op.inputs[3] ?? -1) >= 0 }, context),
};
