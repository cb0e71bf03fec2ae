/**
 * BATCH_TO_SPACE_ND: brings the pixels of small images together in large ones, and crops them. TFLM:
 * kernels/batch_to_space_nd.cc, reference/batch_to_space_nd.h.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import { batchSpaceProblems, blockOf, dealtPixels, marginsOf } from './batch_space.js';
import { rangeProblem } from './constant_operand.js';
import { type Move, movingOperator } from './movement.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type BatchToSpaceNdAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    BATCH_TO_SPACE_ND: BatchToSpaceNdAttributes;
  }
}

export const batchToSpaceNd = movingOperator({
  type: 'BATCH_TO_SPACE_ND',
  inputs: { min: 3, max: 3 },
  problems(op, graph) {
    const problems = batchSpaceProblems(op, graph, 'crops');
    if (problems.length > 0) return problems;
    const [{ shape }, block] = [inputTensor(graph, op), blockOf(op, graph)];
    const margins = marginsOf(op, graph);
    if (shape[0]! % elementCount(block) !== 0) {
      return [rangeProblem(`cannot bring ${shape[0]} images together by blocks of [${block}]`)];
    }
    if (margins.every(([before, after], i) => before + after < shape[i + 1]! * block[i]!)) return [];
    return [rangeProblem(`crops all of [${shape}] away, by [${margins}]`)];
  },
  infer(op, graph) {
    const [{ shape }, block] = [inputTensor(graph, op), blockOf(op, graph)];
    const space = marginsOf(op, graph).map(([before, after], i) => {
      return shape[i + 1]! * block[i]! - before - after;
    });
    return [[shape[0]! / elementCount(block), ...space, ...shape.slice(block.length + 1)]];
  },
  moves(op, graph) {
    const [{ shape: small }, { shape: large }] = [inputTensor(graph, op), outputTensor(graph, op)];
    const before = marginsOf(op, graph).map(([n]) => n);
    return dealtPixels(large, small, blockOf(op, graph), before).map((dealt): Move => {
      const loops = dealt.loops.map((l) => ({ count: l.count, from: l.small, to: l.large }));
      return { source: { input: 0 }, output: 0, from: dealt.small, to: dealt.large, loops };
    });
  },
});
