/** How RESIZE_NEAREST_NEIGHBOR becomes C. */
import { resizeNearestNeighborParameters } from '../../src/ops/resize_nearest_neighbor.js';
import { chooseKernel } from '../kernel.js';
import { portableResizeNearestNeighbor } from '../kernels/portable/resize.js';
import type { OpEmitter } from '../layer.js';

export const resizeNearestNeighbor: OpEmitter<'RESIZE_NEAREST_NEIGHBOR'> = {
  type: 'RESIZE_NEAREST_NEIGHBOR',
  lower: (op, graph, context) =>
    chooseKernel(portableResizeNearestNeighbor, resizeNearestNeighborParameters(op, graph), context),
};
