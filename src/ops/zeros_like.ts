/** ZEROS_LIKE: zeros of the input's shape and type, as they stand, whatever the zero point. TFLM: kernels/zeros_like.cc. */
import { allocate, inputTensor } from '../graph/access.js';
import { fillMove, movingOperator } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ZerosLikeAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ZEROS_LIKE: ZerosLikeAttributes;
  }
}

export const zerosLike = movingOperator({
  type: 'ZEROS_LIKE',
  inputs: { min: 1, max: 1 },
  problems: () => [],
  infer: (op, graph) => [inputTensor(graph, op).shape],
  moves(op, graph) {
    const { shape, dtype } = inputTensor(graph, op);
    return [fillMove({ constant: allocate(dtype, 1) }, shape)];
  },
});
