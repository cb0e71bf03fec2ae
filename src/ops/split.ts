/** SPLIT along an axis into parts of equal size. TFLM: kernels/split.cc. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { movingOperator } from './movement.js';
import { splitMoves } from './splitting.js';

export interface SplitAttributes {
  /** Number of outputs. */
  readonly numSplits: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SPLIT: SplitAttributes;
  }
}

/** From 0. */
export function splitAxis(op: Op<'SPLIT'>, graph: Graph): number | undefined {
  return axisOf(integersOf(op, graph, 0)?.[0], inputTensor(graph, op, 1).shape.length);
}

function sizesOf(op: Op<'SPLIT'>, graph: Graph): number[] {
  const length = inputTensor(graph, op, 1).shape[splitAxis(op, graph)!]!;
  return op.outputs.map(() => length / op.outputs.length);
}

export const split = movingOperator({
  type: 'SPLIT',
  inputs: { min: 2, max: 2 },
  data: 1,
  outputs: (op) => op.attributes.numSplits,
  problems(op, graph) {
    const problems = integerProblems(op, graph, 0, { what: 'axis', length: 1 });
    if (problems.length > 0) return problems;
    const { shape } = inputTensor(graph, op, 1);
    const axis = splitAxis(op, graph);
    if (axis === undefined)
      return [rangeProblem(`has no axis ${integersOf(op, graph, 0)} in the shape [${shape}]`)];
    if (shape[axis]! % op.outputs.length === 0) return [];
    return [rangeProblem(`splits ${shape[axis]} entries into ${op.outputs.length} equal parts`)];
  },
  infer(op, graph) {
    const { shape } = inputTensor(graph, op, 1);
    const axis = splitAxis(op, graph);
    return sizesOf(op, graph).map((size) => shape.map((d, i) => (i === axis ? size : d)));
  },
  moves: (op, graph) =>
    splitMoves(inputTensor(graph, op, 1).shape, splitAxis(op, graph)!, sizesOf(op, graph), 1),
});
