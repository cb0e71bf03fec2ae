/** EXPAND_DIMS: the same values with one more axis, of length 1. TFLM: kernels/expand_dims.cc. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { movingOperator, wholeMove } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ExpandDimsAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    EXPAND_DIMS: ExpandDimsAttributes;
  }
}

/** Of the output, from 0. */
function newAxis(op: Op<'EXPAND_DIMS'>, graph: Graph): number | undefined {
  return axisOf(integersOf(op, graph, 1)?.[0], inputTensor(graph, op).shape.length + 1);
}

export const expandDims = movingOperator({
  type: 'EXPAND_DIMS',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const problems = integerProblems(op, graph, 1, { what: 'axis', length: 1 });
    if (problems.length > 0 || newAxis(op, graph) !== undefined) return problems;
    const { shape } = inputTensor(graph, op);
    return [rangeProblem(`cannot put axis ${integersOf(op, graph, 1)} into the shape [${shape}]`)];
  },
  infer(op, graph) {
    const { shape } = inputTensor(graph, op);
    const axis = newAxis(op, graph)!;
    return [[...shape.slice(0, axis), 1, ...shape.slice(axis)]];
  },
  moves: (op, graph) => [wholeMove(inputTensor(graph, op).shape)],
});
