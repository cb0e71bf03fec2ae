/** BROADCAST_TO a constant shape: axes of length 1, and missing ones in front, are repeated. TFLM: kernels/broadcast_to.cc. */
import { inputTensor } from '../graph/access.js';
import { broadcastShape } from './broadcast.js';
import { integerProblems, integersOf, shapeProblem } from './constant_operand.js';
import { loopsOf, movingOperator, stridesOf } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type BroadcastToAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    BROADCAST_TO: BroadcastToAttributes;
  }
}

export const broadcastTo = movingOperator({
  type: 'BROADCAST_TO',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const problems = integerProblems(op, graph, 1, { what: 'shape' });
    if (problems.length > 0) return problems;
    const [{ shape }, target] = [inputTensor(graph, op), integersOf(op, graph, 1)!];
    if (broadcastShape(shape, target)?.join() === target.join()) return [];
    return [shapeProblem(`cannot broadcast [${shape}] to [${target}]`)];
  },
  infer: (op, graph) => [integersOf(op, graph, 1)!],
  moves(op, graph) {
    const [{ shape }, target] = [inputTensor(graph, op), integersOf(op, graph, 1)!];
    const extended = [...new Array<number>(target.length - shape.length).fill(1), ...shape];
    const from = stridesOf(extended).map((stride, i) => (extended[i] === 1 ? 0 : stride));
    return [
      { source: { input: 0 }, output: 0, from: 0, to: 0, loops: loopsOf(target, from, stridesOf(target)) },
    ];
  },
});
