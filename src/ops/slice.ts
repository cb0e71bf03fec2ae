/** SLICE: a box of a tensor; a size of −1 reaches to the end. TFLM: kernels/slice.cc, reference/slice.h. */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { loopsOf, movingOperator, stridesOf } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SliceAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SLICE: SliceAttributes;
  }
}

/** Where the box begins. */
export function sliceBegin(op: Op<'SLICE'>, graph: Graph): readonly number[] {
  return integersOf(op, graph, 1)!;
}

function sizesOf(op: Op<'SLICE'>, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op);
  const begin = sliceBegin(op, graph);
  return integersOf(op, graph, 2)!.map((size, axis) => (size === -1 ? shape[axis]! - begin[axis]! : size));
}

export const slice = movingOperator({
  type: 'SLICE',
  inputs: { min: 3, max: 3 },
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    const problems = [
      ...integerProblems(op, graph, 1, { what: 'begin', length: shape.length }),
      ...integerProblems(op, graph, 2, { what: 'size', length: shape.length }),
    ];
    if (problems.length > 0) return problems;
    const [begin, sizes] = [sliceBegin(op, graph), sizesOf(op, graph)];
    if (shape.every((d, i) => begin[i]! >= 0 && sizes[i]! >= 0 && begin[i]! + sizes[i]! <= d)) return [];
    return [rangeProblem(`takes [${sizes}] from [${begin}] on of the shape [${shape}]`)];
  },
  infer: (op, graph) => [sizesOf(op, graph)],
  moves(op, graph) {
    const strides = stridesOf(inputTensor(graph, op).shape);
    const { shape } = outputTensor(graph, op);
    const from = sliceBegin(op, graph).reduce((n, begin, axis) => n + begin * strides[axis]!, 0);
    return [
      { source: { input: 0 }, output: 0, from, to: 0, loops: loopsOf(shape, strides, stridesOf(shape)) },
    ];
  },
});
