/** SPACE_TO_DEPTH: each block of pixels becomes one pixel with all their channels. TFLM: kernels/space_to_depth.cc. */
import { inputTensor, outputTensor } from '../graph/access.js';
import { rangeProblem, shapeProblem } from './constant_operand.js';
import { blockLoops } from './depth_space.js';
import { movingOperator } from './movement.js';

export interface SpaceToDepthAttributes {
  /** Rows and columns of a block. */
  readonly blockSize: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SPACE_TO_DEPTH: SpaceToDepthAttributes;
  }
}

export const spaceToDepth = movingOperator({
  type: 'SPACE_TO_DEPTH',
  inputs: { min: 1, max: 1 },
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    const { blockSize } = op.attributes;
    if (shape.length !== 4) return [shapeProblem(`takes images of 4 dimensions, has [${shape}]`)];
    if (blockSize > 0 && shape[1]! % blockSize === 0 && shape[2]! % blockSize === 0) return [];
    return [rangeProblem(`cannot cut [${shape}] into blocks of ${blockSize}x${blockSize}`)];
  },
  infer(op, graph) {
    const [batch, height, width, depth] = inputTensor(graph, op).shape as [number, number, number, number];
    const { blockSize } = op.attributes;
    return [[batch, height / blockSize, width / blockSize, depth * blockSize * blockSize]];
  },
  moves(op, graph) {
    const loops = blockLoops(outputTensor(graph, op).shape, op.attributes.blockSize);
    const moved = loops.map(({ count, deep, wide }) => ({ count, from: wide, to: deep }));
    return [{ source: { input: 0 }, output: 0, from: 0, to: 0, loops: moved }];
  },
});
