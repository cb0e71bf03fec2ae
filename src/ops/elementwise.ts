/**
 * What operators share that turn each value into another by itself: one input, and an output of its dtype and shape.
 * On int8 such an operator is a table of 256 results, for simulator and C alike.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, OpType } from '../graph/graph.js';
import { dtypeProblems, operandProblems, quantizationProblems, shapeProblems } from './checks.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

type ElementDType = 'int8' | 'int16' | 'float32';

/** What a kernel needs; for int16 whatever the operator says beside the count. */
export type ElementwiseParameters<Int16 = never> =
  | { readonly dtype: 'int8'; readonly count: number; readonly table: Int8Array }
  | { readonly dtype: 'int16'; readonly count: number; readonly int16: Int16 }
  | { readonly dtype: 'float32'; readonly count: number };

/** An operator by its functions; those that are missing it does not have for their dtype. */
export interface ElementwiseFunctions<T extends OpType, Int16 = never> {
  readonly type: T;
  /** Problems of an op whose operands, dtypes and, where there are any, scales and zero points are in order. */
  readonly check?: (op: Op<T>, graph: Graph, dtype: ElementDType) => OpProblem[];
  /** The output's q, within int8, for each of the input's. */
  readonly int8?: (op: Op<T>, graph: Graph) => (q: number) => number;
  readonly int16?: {
    parameters(op: Op<T>, graph: Graph): Int16;
    value(parameters: Int16, q: number): number;
  };
  /** Rounded to float32 after every operation. */
  readonly float32: (op: Op<T>) => (x: number) => number;
}

export interface Elementwise<T extends OpType, Int16> {
  readonly definition: OpDefinition<T>;
  /** Call only on an op whose `check` found nothing. */
  parameters(op: Op<T>, graph: Graph): ElementwiseParameters<Int16>;
}

export function elementwise<T extends OpType, Int16 = never>(
  functions: ElementwiseFunctions<T, Int16>,
): Elementwise<T, Int16> {
  const supports = sameDType(
    ...(functions.int8 ? (['int8'] as const) : []),
    ...(functions.int16 ? (['int16'] as const) : []),
    'float32',
  );

  function check(op: Op<T>, graph: Graph): OpProblem[] {
    const missing = operandProblems(op, graph, { min: 1, max: 1 });
    if (missing.length > 0) return missing;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
    if (problems.some((p) => p.code === 'op-dtypes')) return problems;
    if (input.dtype !== 'float32') {
      const quantization = [
        ...quantizationProblems('input', input),
        ...quantizationProblems('output', output),
      ];
      if (quantization.length > 0) return [...problems, ...quantization];
    }
    return [...problems, ...(functions.check?.(op, graph, input.dtype as ElementDType) ?? [])];
  }

  function parameters(op: Op<T>, graph: Graph): ElementwiseParameters<Int16> {
    const input = inputTensor(graph, op);
    const count = elementCount(input.shape);
    if (input.dtype === 'float32') return { dtype: 'float32', count };
    if (input.dtype === 'int16')
      return { dtype: 'int16', count, int16: functions.int16!.parameters(op, graph) };
    return { dtype: 'int8', count, table: tableOf(functions.int8!(op, graph)) };
  }

  return {
    parameters,
    definition: {
      type: functions.type,
      supports,
      check,
      infer: (op, graph) => [inputTensor(graph, op).shape],
      macs: () => 0,
      simulate(op, graph, memory) {
        const p = parameters(op, graph);
        const [input, output] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
        switch (p.dtype) {
          case 'int8':
            return lookupStep(p.table, input as Int8Array, output as Int8Array);
          case 'int16':
            return mapStep(
              (q) => functions.int16!.value(p.int16, q),
              input as Int16Array,
              output as Int16Array,
            );
          case 'float32':
            return mapStep(functions.float32(op), input as Float32Array, output as Float32Array);
        }
      },
    },
  };
}

/** By the input's bits. */
function tableOf(value: (q: number) => number): Int8Array {
  return Int8Array.from({ length: 256 }, (_, bits) => value((bits << 24) >> 24));
}

function lookupStep(table: Int8Array, input: Int8Array, output: Int8Array) {
  return () => {
    for (let i = 0; i < output.length; i++) output[i] = table[input[i]! & 255]!;
  };
}

function mapStep<A extends Int16Array | Float32Array>(value: (x: number) => number, input: A, output: A) {
  return () => {
    for (let i = 0; i < output.length; i++) output[i] = value(input[i]!);
  };
}
