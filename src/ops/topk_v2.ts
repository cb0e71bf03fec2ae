/**
 * TOPK_V2: the k largest values of each row, along the last axis, from the largest down, and where they stand; of equal ones the
 * first comes first. A value that is no number is larger than none. TFLite: kernels/topk_v2.cc; TFLM has no such kernel.
 */
import { elementCount, inputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Shape } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type TopkV2Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    TOPK_V2: TopkV2Attributes;
  }
}

export interface TopkV2Parameters {
  readonly dtype: DType;
  readonly rows: number;
  /** Values of a row. */
  readonly size: number;
  /** How many of them are given. */
  readonly k: number;
}

const supports = sameDType('int8', 'uint8', 'int16', 'int32', 'float32');

/** Call only on an op whose `check` found nothing. */
export function topkV2Parameters(op: Op<'TOPK_V2'>, graph: Graph): TopkV2Parameters {
  const { shape, dtype } = inputTensor(graph, op);
  return {
    dtype,
    rows: elementCount(shape.slice(0, -1)),
    size: shape.at(-1)!,
    k: integersOf(op, graph, 1)![0]!,
  };
}

function infer(op: Op<'TOPK_V2'>, graph: Graph): Shape[] {
  const { k } = topkV2Parameters(op, graph);
  const shape = [...inputTensor(graph, op).shape.slice(0, -1), k];
  return [shape, shape];
}

function check(op: Op<'TOPK_V2'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2, outputs: 2 });
  if (missing.length > 0) return missing;
  const input = inputTensor(graph, op);
  const [values, indices] = op.outputs.map((t) => graph.tensors[t]!);
  const problems = [
    ...dtypeProblems(supports, [input], values!),
    ...dtypeProblems([{ input: 'int32', output: 'int32' }], [indices!], indices!),
    ...integerProblems(op, graph, 1, { what: 'number of values', length: 1 }),
  ];
  if (problems.length > 0) return problems;
  const [k, size] = [integersOf(op, graph, 1)![0]!, input.shape.at(-1) ?? 0];
  return k >= 1 && k <= size ? [] : [rangeProblem(`takes the ${k} largest of ${size} values`)];
}

export const topkV2: OpDefinition<'TOPK_V2'> = {
  type: 'TOPK_V2',
  supports,
  check,
  infer,
  macs: () => 0,
  simulate(op, graph, memory) {
    const { rows, size, k } = topkV2Parameters(op, graph);
    const input = memory[op.inputs[0]!] as Int32Array;
    const [values, places] = op.outputs.map((t) => memory[t] as Int32Array) as [Int32Array, Int32Array];
    return () => {
      for (let row = 0; row < rows; row++) {
        const first = row * k;
        for (let i = 0; i < size; i++) {
          const value = input[row * size + i]!;
          let at = Math.min(i, k);
          while (at > 0 && value > values[first + at - 1]!) {
            if (at < k) {
              values[first + at] = values[first + at - 1]!;
              places[first + at] = places[first + at - 1]!;
            }
            at--;
          }
          if (at === k) continue;
          values[first + at] = value;
          places[first + at] = i;
        }
      }
    };
  },
};
