/**
 * SPACE_TO_BATCH_ND: pads images and deals their pixels out to one small image for each place in a block. The padding is 0
 * as it stands, also where the zero point is another: TFLM's kernel never sets its value. TFLM:
 * kernels/space_to_batch_nd.cc, reference/space_to_batch_nd.h.
 */
import { allocate, elementCount, inputTensor, outputTensor } from '../graph/access.js';
import { batchSpaceProblems, blockOf, dealtPixels, marginsOf } from './batch_space.js';
import { rangeProblem } from './constant_operand.js';
import { fillMove, type Move, movingOperator } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SpaceToBatchNdAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SPACE_TO_BATCH_ND: SpaceToBatchNdAttributes;
  }
}

export const spaceToBatchNd = movingOperator({
  type: 'SPACE_TO_BATCH_ND',
  inputs: { min: 3, max: 3 },
  problems(op, graph) {
    const problems = batchSpaceProblems(op, graph, 'paddings');
    if (problems.length > 0) return problems;
    const [{ shape }, block] = [inputTensor(graph, op), blockOf(op, graph)];
    const padded = marginsOf(op, graph).map(([before, after], i) => before + shape[i + 1]! + after);
    if (padded.every((length, i) => length % block[i]! === 0)) return [];
    return [rangeProblem(`cannot deal [${padded}] padded pixels out to blocks of [${block}]`)];
  },
  infer(op, graph) {
    const [{ shape }, block] = [inputTensor(graph, op), blockOf(op, graph)];
    const space = marginsOf(op, graph).map(([before, after], i) => {
      return (before + shape[i + 1]! + after) / block[i]!;
    });
    return [[shape[0]! * elementCount(block), ...space, ...shape.slice(block.length + 1)]];
  },
  moves(op, graph) {
    const [{ shape: large, dtype }, { shape: small }] = [inputTensor(graph, op), outputTensor(graph, op)];
    const margins = marginsOf(op, graph);
    const before = margins.map(([n]) => n);
    const moves = dealtPixels(large, small, blockOf(op, graph), before).map((dealt): Move => {
      const loops = dealt.loops.map((l) => ({ count: l.count, from: l.large, to: l.small }));
      return { source: { input: 0 }, output: 0, from: dealt.large, to: dealt.small, loops };
    });
    const padded = margins.flat().some((n) => n > 0);
    return padded ? [fillMove({ constant: allocate(dtype, 1) }, small), ...moves] : moves;
  },
});
