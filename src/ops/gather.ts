/**
 * GATHER: entries along an axis by their numbers, constant or computed. A computed number beyond the axis, for which TFLM
 * reads whatever lies there, stands for the nearest. TFLM: kernels/gather.cc.
 */
import { elementCount, inputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Shape } from '../graph/graph.js';
import { clamp } from '../numerics/rounding.js';
import { exportAgain, operandProblems } from './checks.js';
import { axisOf, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { movedTypes } from './movement.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

export interface GatherAttributes {
  /** Negative ones count from the last axis. */
  readonly axis: number;
  /** Leading axes that input and numbers share; negative ones count from the rank of the numbers. */
  readonly batchDims: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    GATHER: GatherAttributes;
  }
}

export interface GatherParameters {
  readonly dtype: DType;
  /** Rows of numbers, each for its own part of the input. */
  readonly batch: number;
  /** How often a row of numbers is used: the input's dimensions between the batch and the axis. */
  readonly outer: number;
  /** Entries along the axis. */
  readonly entries: number;
  /** Numbers in a row. */
  readonly numbers: number;
  /** Elements of an entry. */
  readonly inner: number;
}

const supports = sameDType(...movedTypes);

/** From 0. */
export function gatherAxis(op: Op<'GATHER'>, graph: Graph): number | undefined {
  return axisOf(op.attributes.axis, inputTensor(graph, op).shape.length);
}

/** Undefined where input and numbers do not share that many axes. */
function batchDimsOf(op: Op<'GATHER'>, graph: Graph): number | undefined {
  const [{ shape }, { shape: numbers }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const { batchDims } = op.attributes;
  const dims = batchDims < 0 ? batchDims + numbers.length : batchDims;
  const fits = dims >= 0 && dims <= numbers.length && dims <= (gatherAxis(op, graph) ?? 0);
  return fits && shape.slice(0, dims).every((d, i) => d === numbers[i]) ? dims : undefined;
}

/** Call only on an op whose `check` found nothing. */
export function gatherParameters(op: Op<'GATHER'>, graph: Graph): GatherParameters {
  const [{ shape, dtype }, { shape: numbers }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const [axis, batchDims] = [gatherAxis(op, graph)!, batchDimsOf(op, graph)!];
  return {
    dtype,
    batch: elementCount(shape.slice(0, batchDims)),
    outer: elementCount(shape.slice(batchDims, axis)),
    entries: shape[axis]!,
    numbers: elementCount(numbers.slice(batchDims)),
    inner: elementCount(shape.slice(axis + 1)),
  };
}

function infer(op: Op<'GATHER'>, graph: Graph): Shape {
  const [{ shape }, { shape: numbers }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const axis = gatherAxis(op, graph)!;
  return [...shape.slice(0, axis), ...numbers.slice(batchDimsOf(op, graph)!), ...shape.slice(axis + 1)];
}

function check(op: Op<'GATHER'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, numbers] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const problems = gatherDtypes(op as Op, graph);
  const axis = gatherAxis(op, graph);
  if (axis === undefined) {
    return [...problems, rangeProblem(`has no axis ${op.attributes.axis} in the shape [${input.shape}]`)];
  }
  if (batchDimsOf(op, graph) === undefined) {
    const message = `[${input.shape}] and [${numbers.shape}] do not share ${op.attributes.batchDims} axes`;
    return [...problems, shapeProblem(message)];
  }
  const beyond = integersOf(op, graph, 1)?.find((n) => n < 0 || n >= input.shape[axis]!);
  if (beyond !== undefined) {
    problems.push(rangeProblem(`takes entry ${beyond} of ${input.shape[axis]} along axis ${axis}`));
  }
  return problems;
}

/** Values of any type, which stay; numbers are int32. */
export function gatherDtypes(op: Op, graph: Graph): OpProblem[] {
  const [input, numbers] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const output = graph.tensors[op.outputs[0]!]!;
  if (
    supports.some((c) => c.input === input.dtype) &&
    numbers.dtype === 'int32' &&
    output.dtype === input.dtype
  ) {
    return [];
  }
  const message = `cannot gather ${output.dtype} from ${input.dtype} by ${numbers.dtype}`;
  return [{ code: 'op-dtypes', message, hint: exportAgain }];
}

export const gather: OpDefinition<'GATHER'> = {
  type: 'GATHER',
  supports,
  check,
  infer: (op, graph) => [infer(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { batch, outer, entries, numbers, inner } = gatherParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Int8Array, memory[op.outputs[0]!] as Int8Array];
    const indices = memory[op.inputs[1]!] as Int32Array;
    return () => {
      for (let row = 0, o = 0; row < batch * outer; row++) {
        const first = Math.floor(row / outer) * numbers;
        for (let n = 0; n < numbers; n++) {
          const entry = row * entries + clamp(indices[first + n]!, 0, entries - 1);
          for (let i = entry * inner; i < (entry + 1) * inner; i++) output[o++] = input[i]!;
        }
      }
    };
  },
};
