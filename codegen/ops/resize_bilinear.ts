/** How RESIZE_BILINEAR becomes C. */
import { resizeBilinearParameters } from '../../src/ops/resize_bilinear.js';
import { chooseKernel } from '../kernel.js';
import { portableResizeBilinear } from '../kernels/portable/resize.js';
import type { OpEmitter } from '../layer.js';

export const resizeBilinear: OpEmitter<'RESIZE_BILINEAR'> = {
  type: 'RESIZE_BILINEAR',
  lower: (op, graph, context) =>
    chooseKernel(portableResizeBilinear, resizeBilinearParameters(op, graph), context),
};
