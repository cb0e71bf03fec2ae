/** DEPTH_TO_SPACE: each pixel becomes a block of pixels with a part of its channels each. TFLM: kernels/depth_to_space.cc. */
import { inputTensor } from '../graph/access.js';
import { rangeProblem, shapeProblem } from './constant_operand.js';
import { blockLoops } from './depth_space.js';
import { movingOperator } from './movement.js';

export interface DepthToSpaceAttributes {
  /** Rows and columns of a block. */
  readonly blockSize: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    DEPTH_TO_SPACE: DepthToSpaceAttributes;
  }
}

export const depthToSpace = movingOperator({
  type: 'DEPTH_TO_SPACE',
  inputs: { min: 1, max: 1 },
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    const { blockSize } = op.attributes;
    if (shape.length !== 4) return [shapeProblem(`takes images of 4 dimensions, has [${shape}]`)];
    if (blockSize > 0 && shape[3]! % (blockSize * blockSize) === 0) return [];
    return [rangeProblem(`cannot make blocks of ${blockSize}x${blockSize} of ${shape[3]} channels`)];
  },
  infer(op, graph) {
    const [batch, height, width, depth] = inputTensor(graph, op).shape as [number, number, number, number];
    const { blockSize } = op.attributes;
    return [[batch, height * blockSize, width * blockSize, depth / blockSize / blockSize]];
  },
  moves(op, graph) {
    const [batch, row, column, blockRow, blockColumn, depth] = blockLoops(
      inputTensor(graph, op).shape,
      op.attributes.blockSize,
    ).map(({ count, deep, wide }) => ({ count, from: deep, to: wide }));
    // In the order in which the output lies.
    const loops = [batch!, row!, blockRow!, column!, blockColumn!, depth!];
    return [{ source: { input: 0 }, output: 0, from: 0, to: 0, loops }];
  },
});
