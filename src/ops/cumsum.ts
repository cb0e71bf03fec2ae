/**
 * CUMSUM: along an axis the sum of all values so far, or of those before (`exclusive`), or so from the end (`reverse`). TFLM:
 * kernels/cumsum.cc, reference/cumsum.h; it takes the axis also from a tensor that is computed, here it has to be known.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';
import { type ShiftedSum, shiftedSum, shiftedSumOutput, shiftedSumProblems } from './shifted_sum.js';

export interface CumsumAttributes {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    CUMSUM: CumsumAttributes;
  }
}

export interface CumsumParameters extends CumsumAttributes {
  readonly dtype: 'int8' | 'float32';
  /** Elements before, along and behind the axis. */
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** int8 only. */
  readonly quantized?: ShiftedSum;
}

const supports = sameDType('int8', 'float32');

/** From 0; undefined where there is none. */
export function cumsumAxis(op: Op<'CUMSUM'>, graph: Graph): number | undefined {
  return axisOf(integersOf(op, graph, 1)?.[0], inputTensor(graph, op).shape.length);
}

/** Call only on an op whose `check` found nothing. */
export function cumsumParameters(op: Op<'CUMSUM'>, graph: Graph): CumsumParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const axis = cumsumAxis(op, graph)!;
  const dtype = input.dtype as CumsumParameters['dtype'];
  return {
    dtype,
    rows: elementCount(input.shape.slice(0, axis)),
    depth: input.shape[axis]!,
    columns: elementCount(input.shape.slice(axis + 1)),
    exclusive: op.attributes.exclusive,
    reverse: op.attributes.reverse,
    ...(dtype === 'int8' && { quantized: shiftedSum(input, output) }),
  };
}

function check(op: Op<'CUMSUM'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, axis, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const dtypes = [
    ...dtypeProblems(supports, [input], output),
    ...dtypeProblems([{ input: 'int32', output: 'int32' }], [axis], axis),
  ];
  const problems = [...dtypes, ...integerProblems(op, graph, 1, { what: 'axis', length: 1 })];
  if (problems.length === 0 && cumsumAxis(op, graph) === undefined) {
    problems.push(rangeProblem(`has no axis ${integersOf(op, graph, 1)![0]} in the shape [${input.shape}]`));
  }
  if (dtypes.length === 0 && input.dtype === 'int8') problems.push(...shiftedSumProblems(input, output));
  return problems;
}

export const cumsum: OpDefinition<'CUMSUM'> = {
  type: 'CUMSUM',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { rows, depth, columns, exclusive, reverse, quantized } = cumsumParameters(op, graph);
    const [input, output] = [op.inputs[0]!, op.outputs[0]!].map((t) => memory[t] as Float32Array) as [
      Float32Array,
      Float32Array,
    ];
    const step = reverse ? -columns : columns;
    const offset = quantized?.inputOffset ?? 0;
    const next = quantized
      ? (sum: number, x: number) => sum + x + offset
      : (s: number, x: number) => Math.fround(s + x);
    const give = quantized ? (sum: number) => shiftedSumOutput(sum, quantized) : (sum: number) => sum;
    return () => {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let at = (row * depth + (reverse ? depth - 1 : 0)) * columns + column;
          let sum = offset;
          for (let i = 0; i < depth; i++, at += step) {
            const before = sum;
            sum = next(sum, input[at]!);
            output[at] = give(exclusive ? before : sum);
          }
        }
      }
    };
  },
};
