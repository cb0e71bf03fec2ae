/** REVERSE_V2: the entries of some axes the other way round. TFLM: kernels/reverse.cc, which takes adjacent axes only. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { loopsOf, movingOperator, stridesOf } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ReverseV2Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    REVERSE_V2: ReverseV2Attributes;
  }
}

/** From 0; undefined for one that the input lacks. */
export function reversedAxes(op: Op<'REVERSE_V2'>, graph: Graph): (number | undefined)[] {
  const rank = inputTensor(graph, op).shape.length;
  return integersOf(op, graph, 1)!.map((axis) => axisOf(axis, rank));
}

export const reverseV2 = movingOperator({
  type: 'REVERSE_V2',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const problems = integerProblems(op, graph, 1, { what: 'axes' });
    if (problems.length > 0) return problems;
    const axes = reversedAxes(op, graph);
    if (axes.every((axis, i) => axis !== undefined && axes.indexOf(axis) === i)) return [];
    const { shape } = inputTensor(graph, op);
    return [rangeProblem(`reverses the axes [${integersOf(op, graph, 1)}] of the shape [${shape}]`)];
  },
  infer: (op, graph) => [inputTensor(graph, op).shape],
  moves(op, graph) {
    const { shape } = inputTensor(graph, op);
    const [axes, strides] = [reversedAxes(op, graph), stridesOf(shape)];
    const steps = strides.map((stride, i) => (axes.includes(i) ? -stride : stride));
    const from = steps.reduce((n, step, i) => (step < 0 ? n - step * (shape[i]! - 1) : n), 0);
    return [{ source: { input: 0 }, output: 0, from, to: 0, loops: loopsOf(shape, steps, strides) }];
  },
});
