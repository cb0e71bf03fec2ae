/** What operators share that make one value of all along some axes: MEAN, SUM, REDUCE_MAX and their like. */
import { inputTensor, optionalInput, outputTensor } from '../graph/access.js';
import type { Graph, Op, OpType, Shape } from '../graph/graph.js';
import { dtypeProblems, exportAgain, operandProblems } from './checks.js';
import type { DTypeCombination, OpProblem } from './op.js';

export interface ReductionAttributes {
  /** Reduced axes stay, with one element. */
  readonly keepDims: boolean;
}

export type ReductionType = 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN' | 'REDUCE_ALL';

/** A loop over input elements: its length and stride. */
export interface ReductionLoop {
  readonly count: number;
  readonly stride: number;
}

export interface ReductionLoops {
  /** Over the outputs, in their order, outermost first; adjacent dimensions merged. */
  readonly kept: readonly ReductionLoop[];
  /** Over what one output is made of, in the input's order, outermost first. */
  readonly reduced: readonly ReductionLoop[];
}

/** Merged, they make at most four kept and four reduced loops, which is what the C takes. */
const maxRank = 8;

/** Non-negative axes without repeats, ascending; undefined when the operand is not constant int32 axes in range. */
function axesOf(op: Op, graph: Graph): readonly number[] | undefined {
  const rank = inputTensor(graph, op).shape.length;
  const tensor = optionalInput(graph, op, 1);
  if (tensor?.dtype !== 'int32' || !tensor.data) return undefined;
  // A scalar has no axes to reduce; TFLM does not read them.
  if (rank === 0) return [];
  const axes = [...(tensor.data as Int32Array)].map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.some((axis) => axis < 0 || axis >= rank)) return undefined;
  return [...new Set(axes)].sort((a, b) => a - b);
}

function loopsOver(shape: Shape, wanted: (axis: number) => boolean): ReductionLoop[] {
  const loops: ReductionLoop[] = [];
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const count = shape[i]!;
    if (wanted(i) && count !== 1) {
      const inner = loops[0];
      if (inner && stride === inner.stride * inner.count) {
        loops[0] = { count: inner.count * count, stride: inner.stride };
      } else loops.unshift({ count, stride });
    }
    stride *= count;
  }
  return loops;
}

/** Call only on an op whose `check` found nothing. */
export function reductionLoops<T extends OpType>(op: Op<T>, graph: Graph): ReductionLoops {
  const { shape } = inputTensor(graph, op);
  const axes = new Set(axesOf(op as Op, graph)!);
  return {
    kept: loopsOver(shape, (axis) => !axes.has(axis)),
    reduced: loopsOver(shape, (axis) => axes.has(axis)),
  };
}

/** The offset at each iteration of the nested loops. */
export function loopOffsets(loops: readonly ReductionLoop[]): Int32Array {
  return loops.reduce((outer, { count, stride }) => {
    const next = new Int32Array(outer.length * count);
    for (let i = 0; i < next.length; i++) next[i] = outer[Math.floor(i / count)]! + (i % count) * stride;
    return next;
  }, Int32Array.of(0));
}

export function reducedShape(op: Op<ReductionType>, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op);
  const axes = new Set(axesOf(op as Op, graph)!);
  return op.attributes.keepDims
    ? shape.map((d, i) => (axes.has(i) ? 1 : d))
    : shape.filter((_, i) => !axes.has(i));
}

/** Operands, dtypes and axes. */
export function reductionProblems(
  op: Op<ReductionType>,
  graph: Graph,
  supports: readonly DTypeCombination[],
): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, axis, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = dtypeProblems(supports, [input], output);
  if (input.shape.length > maxRank) {
    const message = `reduces at most ${maxRank} dimensions, has [${input.shape}]`;
    problems.push({ code: 'op-shape', message, hint: 'Reshape before and after.' });
  }
  if (!axis.data) {
    const hint = 'Make the axes a constant.';
    problems.push({ code: 'not-constant', message: 'its axes are computed in the model', hint });
  } else if (!axesOf(op as Op, graph)) {
    const message = `has ${axis.dtype} axes ${[...axis.data]} for the shape [${input.shape}]`;
    problems.push({ code: 'op-range', message, hint: exportAgain });
  }
  return problems;
}
