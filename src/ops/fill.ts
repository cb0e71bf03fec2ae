/** FILL: one value, constant or computed, all over a tensor of a constant shape. TFLM: kernels/fill.cc. */
import { inputTensor } from '../graph/access.js';
import { integerProblems, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { fillMove, movingOperator } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type FillAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    FILL: FillAttributes;
  }
}

export const fill = movingOperator({
  type: 'FILL',
  inputs: { min: 2, max: 2 },
  data: 1,
  problems(op, graph) {
    const problems = integerProblems(op, graph, 0, { what: 'shape' });
    const { shape } = inputTensor(graph, op, 1);
    if (shape.length > 0)
      problems.push(shapeProblem(`fills with a value of the shape [${shape}], not a scalar`));
    const dims = integersOf(op, graph, 0) ?? [];
    if (dims.some((d) => d < 1)) problems.push(rangeProblem(`fills the shape [${dims}]`));
    return problems;
  },
  infer: (op, graph) => [integersOf(op, graph, 0)!],
  moves: (op, graph) => [fillMove({ input: 1 }, integersOf(op, graph, 0)!)],
});
