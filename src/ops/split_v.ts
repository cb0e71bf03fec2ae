/** SPLIT_V along an axis into parts of given sizes; one may be −1, what is left. TFLM: kernels/split_v.cc. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { movingOperator } from './movement.js';
import { splitMoves } from './splitting.js';

export interface SplitVAttributes {
  /** Number of outputs. */
  readonly numSplits: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SPLIT_V: SplitVAttributes;
  }
}

/** From 0. */
export function splitVAxis(op: Op<'SPLIT_V'>, graph: Graph): number | undefined {
  return axisOf(integersOf(op, graph, 2)?.[0], inputTensor(graph, op).shape.length);
}

function sizesOf(op: Op<'SPLIT_V'>, graph: Graph): number[] {
  const sizes = integersOf(op, graph, 1)!;
  const length = inputTensor(graph, op).shape[splitVAxis(op, graph)!]!;
  const given = sizes.reduce((n, size) => n + Math.max(size, 0), 0);
  return sizes.map((size) => (size === -1 ? length - given : size));
}

export const splitV = movingOperator({
  type: 'SPLIT_V',
  inputs: { min: 3, max: 3 },
  outputs: (op) => op.attributes.numSplits,
  problems(op, graph) {
    const problems = [
      ...integerProblems(op, graph, 1, { what: 'sizes', length: op.outputs.length }),
      ...integerProblems(op, graph, 2, { what: 'axis', length: 1 }),
    ];
    if (problems.length > 0) return problems;
    const { shape } = inputTensor(graph, op);
    const axis = splitVAxis(op, graph);
    if (axis === undefined)
      return [rangeProblem(`has no axis ${integersOf(op, graph, 2)} in the shape [${shape}]`)];
    const sizes = integersOf(op, graph, 1)!;
    const sum = sizesOf(op, graph).reduce((n, size) => n + size, 0);
    const sound = sizes.every((size) => size >= -1) && sizes.filter((size) => size === -1).length <= 1;
    if (sound && sum === shape[axis] && sizesOf(op, graph).every((size) => size >= 0)) return [];
    return [rangeProblem(`splits ${shape[axis]} entries into parts of [${sizes}]`)];
  },
  infer(op, graph) {
    const { shape } = inputTensor(graph, op);
    const axis = splitVAxis(op, graph);
    return sizesOf(op, graph).map((size) => shape.map((d, i) => (i === axis ? size : d)));
  },
  moves: (op, graph) =>
    splitMoves(inputTensor(graph, op).shape, splitVAxis(op, graph)!, sizesOf(op, graph), 0),
});
