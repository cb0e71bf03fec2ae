/** UNPACK: the entries of an axis, each to an output of its own without that axis. TFLM: kernels/unpack.cc. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, rangeProblem } from './constant_operand.js';
import { movingOperator } from './movement.js';
import { splitMoves } from './splitting.js';

export interface UnpackAttributes {
  /** Number of outputs. */
  readonly num: number;
  /** Negative ones count from the last axis. */
  readonly axis: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    UNPACK: UnpackAttributes;
  }
}

/** From 0. */
export function unpackAxis(op: Op<'UNPACK'>, graph: Graph): number | undefined {
  return axisOf(op.attributes.axis, inputTensor(graph, op).shape.length);
}

export const unpack = movingOperator({
  type: 'UNPACK',
  inputs: { min: 1, max: 1 },
  outputs: (op) => op.attributes.num,
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    const axis = unpackAxis(op, graph);
    if (axis === undefined)
      return [rangeProblem(`has no axis ${op.attributes.axis} in the shape [${shape}]`)];
    if (shape[axis] === op.outputs.length) return [];
    return [rangeProblem(`unpacks ${shape[axis]} entries into ${op.outputs.length} outputs`)];
  },
  infer(op, graph) {
    const { shape } = inputTensor(graph, op);
    const axis = unpackAxis(op, graph);
    return op.outputs.map(() => shape.filter((_, i) => i !== axis));
  },
  moves(op, graph) {
    const sizes = op.outputs.map(() => 1);
    return splitMoves(inputTensor(graph, op).shape, unpackAxis(op, graph)!, sizes, 0);
  },
});
