/** TILE: a tensor repeated along each axis, as TFLite computes it; TFLM has no such kernel. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { type MoveLoop, movingOperator, stridesOf } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type TileAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    TILE: TileAttributes;
  }
}

function infer(op: Op<'TILE'>, graph: Graph): Shape {
  return inputTensor(graph, op).shape.map((d, i) => d * integersOf(op, graph, 1)![i]!);
}

export const tile = movingOperator({
  type: 'TILE',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    const problems = integerProblems(op, graph, 1, { what: 'multiples', length: shape.length });
    if (problems.length > 0) return problems;
    const multiples = integersOf(op, graph, 1)!;
    return multiples.every((n) => n > 0) ? [] : [rangeProblem(`repeats [${shape}] by [${multiples}]`)];
  },
  infer: (op, graph) => [infer(op, graph)],
  moves(op, graph) {
    const { shape } = inputTensor(graph, op);
    const [from, to] = [stridesOf(shape), stridesOf(infer(op, graph))];
    const loops = shape.flatMap((count, i): MoveLoop[] => [
      { count: integersOf(op, graph, 1)![i]!, from: 0, to: count * to[i]! },
      { count, from: from[i]!, to: to[i]! },
    ]);
    return [{ source: { input: 0 }, output: 0, from: 0, to: 0, loops }];
  },
});
