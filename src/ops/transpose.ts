/** TRANSPOSE by any constant permutation. TFLM: kernels/transpose.cc, transpose_common.cc, reference/transpose.h. */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { loopsOf, movingOperator, stridesOf } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type TransposeAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    TRANSPOSE: TransposeAttributes;
  }
}

/** Which axis of the input each axis of the output is. */
export function permutationOf(op: Op<'TRANSPOSE'>, graph: Graph): readonly number[] {
  return integersOf(op, graph, 1)!;
}

export const transpose = movingOperator({
  type: 'TRANSPOSE',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const rank = inputTensor(graph, op).shape.length;
    const problems = integerProblems(op, graph, 1, { what: 'permutation', length: rank });
    if (problems.length > 0) return problems;
    const axes = permutationOf(op, graph);
    if ([...axes].sort((a, b) => a - b).every((axis, i) => axis === i)) return [];
    return [rangeProblem(`permutes ${rank} axes by [${axes}]`)];
  },
  infer(op, graph) {
    const { shape } = inputTensor(graph, op);
    return [permutationOf(op, graph).map((axis) => shape[axis]!)];
  },
  moves(op, graph) {
    const strides = stridesOf(inputTensor(graph, op).shape);
    const { shape } = outputTensor(graph, op);
    const from = permutationOf(op, graph).map((axis) => strides[axis]!);
    return [
      { source: { input: 0 }, output: 0, from: 0, to: 0, loops: loopsOf(shape, from, stridesOf(shape)) },
    ];
  },
});
