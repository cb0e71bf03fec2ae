/** How TRANSPOSE_CONV becomes C. */
import { transposeConvParameters } from '../../src/ops/transpose_conv.js';
import { chooseKernel } from '../kernel.js';
import { portableTransposeConv } from '../kernels/portable/transpose_conv.js';
import type { OpEmitter } from '../layer.js';

export const transposeConv: OpEmitter<'TRANSPOSE_CONV'> = {
  type: 'TRANSPOSE_CONV',
  lower: (op, graph, context) =>
    chooseKernel(portableTransposeConv, transposeConvParameters(op, graph), context),
};
