/**
 * MIRROR_PAD: around a tensor its own values, mirrored at its borders (SYMMETRIC) or at its outermost entries (REFLECT).
 * TFLM: kernels/mirror_pad.cc.
 */
import { inputTensor, outputTensor } from '../graph/access.js';
import { rangeProblem } from './constant_operand.js';
import { loopsOf, type Move, movingOperator, stridesOf } from './movement.js';
import { paddedShape, paddingProblems, paddingsOf } from './padding.js';

export interface MirrorPadAttributes {
  readonly mode: 'REFLECT' | 'SYMMETRIC';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    MIRROR_PAD: MirrorPadAttributes;
  }
}

/** Entries at the border that are not repeated. */
function skipped(mode: MirrorPadAttributes['mode']): number {
  return mode === 'REFLECT' ? 1 : 0;
}

export const mirrorPad = movingOperator({
  type: 'MIRROR_PAD',
  inputs: { min: 2, max: 2 },
  problems(op, graph) {
    const problems = paddingProblems(op, graph);
    if (problems.length > 0) return problems;
    const { shape } = inputTensor(graph, op);
    const pairs = paddingsOf(op, graph)!;
    const room = shape.map((d) => d - skipped(op.attributes.mode));
    if (pairs.every((pair, axis) => pair.every((n) => n <= room[axis]!))) return [];
    return [rangeProblem(`mirrors [${pairs}] entries of the shape [${shape}], beyond its other end`)];
  },
  infer: (op, graph) => [paddedShape(op, graph)],
  /** The input to its place, then within the output: axis by axis, both sides from what is there already. */
  moves(op, graph) {
    const [{ shape: input }, { shape: output }] = [inputTensor(graph, op), outputTensor(graph, op)];
    const [pairs, strides] = [paddingsOf(op, graph)!, stridesOf(output)];
    const start = pairs.map(([before]) => before);
    const length = [...input];
    const offset = () => start.reduce((n, entry, axis) => n + entry * strides[axis]!, 0);
    const loops = loopsOf(input, stridesOf(input), strides);
    const moves: Move[] = [{ source: { input: 0 }, output: 0, from: 0, to: offset(), loops }];
    const skip = skipped(op.attributes.mode);
    for (let axis = output.length - 1; axis >= 0; axis--) {
      const [before, after] = pairs[axis]!;
      const stride = strides[axis]!;
      const [begin, end] = [offset(), offset() + (length[axis]! - 1) * stride];
      const mirror = (count: number, first: number, to: number, inward: 1 | -1) => {
        const box = length.map((d, i) => (i === axis ? count : d));
        const along = (direction: number) => strides.map((s, i) => (i === axis ? direction * s : s));
        const loops = loopsOf(box, along(inward), along(-inward));
        if (count > 0) moves.push({ source: { output: 0 }, output: 0, from: first, to, loops });
      };
      mirror(before, begin + skip * stride, begin - stride, 1);
      mirror(after, end - skip * stride, end + stride, -1);
      // What is along this axis is whole now.
      start[axis] = 0;
      length[axis] = before + length[axis]! + after;
    }
    return moves;
  },
});
