/**
 * STRIDED_SLICE: every stride-th entry of each axis, in either direction. Bounds are clamped to the axis, masks leave them
 * open or take away the axis; an ellipsis and new axes are TFLite's, which TFLM does not know. TFLM:
 * kernels/strided_slice.cc, strided_slice_common.cc, internal/strided_slice_logic.h.
 */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { integerProblems, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { movingOperator, stridesOf } from './movement.js';

/** Masks have a bit for each entry of begin, end and strides, the first one lowest. */
export interface StridedSliceAttributes {
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
  /** End counts from begin. */
  readonly offset: boolean;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    STRIDED_SLICE: StridedSliceAttributes;
  }
}

/** What is taken of an axis of the input. */
export interface SlicedAxis {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  /** The output has no such axis. */
  readonly shrink: boolean;
}

interface Slices {
  /** By axis of the input. */
  readonly axes: readonly SlicedAxis[];
  readonly shape: Shape;
}

/** Undefined when there are more entries than axes. */
export function slicesOf(op: Op<'STRIDED_SLICE'>, graph: Graph): Slices | undefined {
  const { shape } = inputTensor(graph, op);
  const [begin, end, strides] = [1, 2, 3].map((i) => integersOf(op, graph, i)!) as [
    number[],
    number[],
    number[],
  ];
  const { ellipsisMask, newAxisMask } = op.attributes;
  const has = (mask: number, i: number) => ((mask >> i) & 1) === 1;
  const entries = begin.map((_, i) => i);
  const ellipsis = entries.find((i) => has(ellipsisMask, i)) ?? -1;
  const named = entries.filter((i) => i !== ellipsis && !has(newAxisMask, i)).length;
  if (named > shape.length) return undefined;
  const axes: SlicedAxis[] = [];
  const output: number[] = [];
  const take = (sliced: SlicedAxis) => {
    axes.push(sliced);
    if (!sliced.shrink) output.push(sliced.count);
  };
  const whole = () => take({ start: 0, stride: 1, count: shape[axes.length]!, shrink: false });
  for (const i of entries) {
    if (i === ellipsis) for (let n = shape.length - named; n > 0; n--) whole();
    else if (has(newAxisMask, i)) output.push(1);
    else take(sliceAxis(shape[axes.length]!, begin[i]!, end[i]!, strides[i]!, op.attributes, i));
  }
  while (axes.length < shape.length) whole();
  return { axes, shape: output };
}

function sliceAxis(
  length: number,
  begin: number,
  end: number,
  stride: number,
  { beginMask, endMask, shrinkAxisMask, offset }: StridedSliceAttributes,
  i: number,
): SlicedAxis {
  const has = (mask: number) => ((mask >> i) & 1) === 1;
  const [low, high] = stride > 0 ? [0, length] : [-1, length - 1];
  const within = (n: number) => Math.min(Math.max(n < 0 ? n + length : n, low), high);
  const [first, beyond] = stride > 0 ? [low, high] : [high, low];
  const start = has(beginMask) ? first : within(begin);
  // Backwards TFLM leaves such an axis out and writes nothing.
  if (has(shrinkAxisMask))
    return { start, stride, count: stride > 0 && start < length ? 1 : 0, shrink: true };
  const stop = has(endMask) ? beyond : within(offset ? end + start : end);
  return { start, stride, count: Math.max(0, Math.ceil((stop - start) / stride)), shrink: false };
}

export const stridedSlice = movingOperator({
  type: 'STRIDED_SLICE',
  inputs: { min: 4, max: 4 },
  problems(op, graph) {
    const length = integersOf(op, graph, 1)?.length;
    const problems = [
      ...integerProblems(op, graph, 1, { what: 'begin' }),
      ...integerProblems(op, graph, 2, { what: 'end', length }),
      ...integerProblems(op, graph, 3, { what: 'strides', length }),
    ];
    if (problems.length > 0) return problems;
    const strides = integersOf(op, graph, 3)!;
    if (strides.includes(0)) return [rangeProblem(`has the strides [${strides}]`)];
    const slices = slicesOf(op, graph);
    const { shape } = inputTensor(graph, op);
    if (!slices) return [shapeProblem(`slices ${length} axes of the shape [${shape}]`)];
    if (slices.axes.every(({ count }) => count > 0)) return [];
    const [begin, end] = [integersOf(op, graph, 1), integersOf(op, graph, 2)];
    return [
      rangeProblem(`takes nothing of [${shape}]: begin [${begin}], end [${end}], strides [${strides}]`),
    ];
  },
  infer: (op, graph) => [slicesOf(op, graph)!.shape],
  moves(op, graph) {
    const strides = stridesOf(inputTensor(graph, op).shape);
    const { axes } = slicesOf(op, graph)!;
    const to = stridesOf(axes.map(({ count }) => count));
    const loops = axes.map(({ count, stride }, i) => ({ count, from: stride * strides[i]!, to: to[i]! }));
    const from = axes.reduce((n, { start }, i) => n + start * strides[i]!, 0);
    return [{ source: { input: 0 }, output: 0, from, to: 0, loops }];
  },
});
