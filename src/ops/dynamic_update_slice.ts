/**
 * DYNAMIC_UPDATE_SLICE: a tensor with one slice of it replaced, as the values stand. Where the slice begins may be computed; it is
 * moved as far as it has to be to lie inside. TFLM: kernels/dynamic_update_slice.cc.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Tensor } from '../graph/graph.js';
import { clamp } from '../numerics/rounding.js';
import { dtypeProblems, exportAgain, operandProblems } from './checks.js';
import { shapeProblem } from './constant_operand.js';
import { loopsOf, type Move, mergeLoops, moveStarts, stridesOf } from './movement.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type DynamicUpdateSliceAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    DYNAMIC_UPDATE_SLICE: DynamicUpdateSliceAttributes;
  }
}

export interface DynamicUpdateSliceParameters {
  readonly dtype: DType;
  /** Elements of the tensor. */
  readonly size: number;
  /** By axis: where the slice can begin at the latest, and elements between neighbors. */
  readonly last: readonly number[];
  readonly strides: readonly number[];
  /** Of the slice into a tensor where it begins at 0. */
  readonly move: Move;
}

/** Positions of the operands. */
export const dynamicUpdateSliceOperands = { operand: 0, update: 1, start: 2 } as const;

/** Axes that TFLM has room for (RuntimeShape::kMaxSmallSize). */
const maxRank = 6;

const supports = sameDType('int8', 'int16', 'int32', 'float32');

/** Call only on an op whose `check` found nothing. */
export function dynamicUpdateSliceParameters(
  op: Op<'DYNAMIC_UPDATE_SLICE'>,
  graph: Graph,
): DynamicUpdateSliceParameters {
  const [{ shape, dtype }, { shape: slice }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const strides = stridesOf(shape);
  return {
    dtype,
    size: elementCount(shape),
    last: shape.map((n, axis) => n - slice[axis]!),
    strides,
    move: {
      source: { input: dynamicUpdateSliceOperands.update },
      output: 0,
      from: 0,
      to: 0,
      loops: mergeLoops(loopsOf(slice, stridesOf(slice), strides)),
    },
  };
}

function check(op: Op<'DYNAMIC_UPDATE_SLICE'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 3, max: 3 });
  if (missing.length > 0) return missing;
  const [operand, update, start] = [0, 1, 2].map((i) => inputTensor(graph, op, i)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const problems = dtypeProblems(supports, [operand, update], outputTensor(graph, op));
  if (start.dtype !== 'int32' && start.dtype !== 'int64') {
    problems.push({ code: 'op-dtypes', message: `begins its slice at ${start.dtype}`, hint: exportAgain });
  }
  const { shape } = operand;
  if (shape.length > maxRank) problems.push(shapeProblem(`has ${shape.length} axes, more than ${maxRank}`));
  if (start.shape.length !== 1 || start.shape[0] !== shape.length) {
    problems.push(shapeProblem(`begins its slice of [${shape}] at [${start.shape}] numbers`));
  }
  if (update.shape.length !== shape.length || update.shape.some((n, axis) => n < 1 || n > shape[axis]!)) {
    problems.push(shapeProblem(`puts a slice [${update.shape}] into the shape [${shape}]`));
  }
  return problems;
}

export const dynamicUpdateSlice: OpDefinition<'DYNAMIC_UPDATE_SLICE'> = {
  type: 'DYNAMIC_UPDATE_SLICE',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { last, strides, move } = dynamicUpdateSliceParameters(op, graph);
    const [operand, update] = op.inputs.map((t) => memory[t] as Int8Array) as [Int8Array, Int8Array];
    const start = memory[op.inputs[2]!] as Int32Array | BigInt64Array;
    const output = memory[op.outputs[0]!] as Int8Array;
    const starts = moveStarts(move);
    const run = move.loops.at(-1)!;
    return () => {
      output.set(operand);
      let begin = 0;
      for (let axis = 0; axis < last.length; axis++) {
        begin += clamp(Number(start[axis]), 0, last[axis]!) * strides[axis]!;
      }
      for (let r = 0; r < starts.from.length; r++) {
        let [i, o] = [starts.from[r]!, begin + starts.to[r]!];
        for (let n = 0; n < run.count; n++, i += run.from, o += run.to) output[o] = update[i]!;
      }
    };
  },
};
