/**
 * What SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND share: images [batch, ...space, ...depth] whose pixels are dealt out, by their
 * place in a block, to as many smaller images as a block has pixels. The smaller images of all first pixels come first.
 */
import { elementCount, inputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { integerProblems, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { stridesOf } from './movement.js';
import type { OpProblem } from './op.js';

type BatchSpaceOp = Op<'SPACE_TO_BATCH_ND'> | Op<'BATCH_TO_SPACE_ND'>;

/** Pixels of a block along each dimension of space. */
export function blockOf(op: BatchSpaceOp, graph: Graph): readonly number[] {
  return integersOf(op as Op, graph, 1)!;
}

/** Padding or crop before and after each dimension of space. */
export function marginsOf(op: BatchSpaceOp, graph: Graph): (readonly [number, number])[] {
  const values = integersOf(op as Op, graph, 2)!;
  return blockOf(op, graph).map((_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

export function batchSpaceProblems(op: BatchSpaceOp, graph: Graph, margins: string): OpProblem[] {
  const problems = integerProblems(op as Op, graph, 1, { what: 'block' });
  if (problems.length > 0) return problems;
  const block = blockOf(op, graph);
  problems.push(...integerProblems(op as Op, graph, 2, { what: margins, length: 2 * block.length }));
  if (problems.length > 0) return problems;
  const { shape } = inputTensor(graph, op as Op);
  if (shape.length <= block.length) return [shapeProblem(`has blocks [${block}] in the shape [${shape}]`)];
  if (block.some((n) => n < 1)) return [rangeProblem(`has blocks [${block}]`)];
  if (
    marginsOf(op, graph)
      .flat()
      .some((n) => n < 0)
  ) {
    return [rangeProblem(`has negative ${margins}: [${marginsOf(op, graph)}]`)];
  }
  return [];
}

/** A loop with its strides over the large images and over the small ones. */
interface DealtLoop {
  readonly count: number;
  readonly large: number;
  readonly small: number;
}

export interface DealtPixels {
  readonly large: number;
  readonly small: number;
  readonly loops: readonly DealtLoop[];
}

/**
 * For each place in a block, all pixels of the large images there are at that place.
 *
 * @param large shape of the few large images
 * @param small shape of the many small ones
 * @param margins pixels of the dealt out space before each dimension of the large images
 */
export function dealtPixels(
  large: Shape,
  small: Shape,
  block: readonly number[],
  margins: readonly number[],
): DealtPixels[] {
  const [strides, smallStrides] = [stridesOf(large), stridesOf(small)];
  const batch = large[0]!;
  const blockStrides = stridesOf(block);
  return Array.from({ length: elementCount(block) }, (_, place) => {
    let [from, to] = [0, place * batch * smallStrides[0]!];
    const space = block.map((size, i): DealtLoop => {
      const axis = i + 1;
      const offset = (Math.floor(place / blockStrides[i]!) % size) - margins[i]!;
      // Small pixels n lie at n · size + offset of the large image: from the first to the last inside.
      const first = Math.max(0, Math.ceil(-offset / size));
      const last = Math.min(small[axis]! - 1, Math.floor((large[axis]! - 1 - offset) / size));
      from += (first * size + offset) * strides[axis]!;
      to += first * smallStrides[axis]!;
      return {
        count: Math.max(0, last - first + 1),
        large: size * strides[axis]!,
        small: smallStrides[axis]!,
      };
    });
    const depth = elementCount(large.slice(block.length + 1));
    const loops = [
      { count: batch, large: strides[0]!, small: smallStrides[0]! },
      ...space,
      { count: depth, large: 1, small: 1 },
    ];
    return { large: from, small: to, loops };
  }).filter(({ loops }) => loops.every(({ count }) => count > 0));
}
