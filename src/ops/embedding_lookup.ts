/**
 * EMBEDDING_LOOKUP: rows of a table by their numbers, as they stand; of an int8 table also as the real values that they mean. A
 * number beyond the table, for which TFLM stops with an error, stands for the nearest. TFLM: kernels/embedding_lookup.cc.
 */
import { elementCount, inputTensor, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { clamp } from '../numerics/rounding.js';
import { dtypeProblems, operandProblems, quantizationProblems, zeroPointProblems } from './checks.js';
import { integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import type { DTypeCombination, OpDefinition, OpProblem } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type EmbeddingLookupAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    EMBEDDING_LOOKUP: EmbeddingLookupAttributes;
  }
}

export interface EmbeddingLookupParameters {
  readonly dtype: 'int8' | 'float32';
  /** Rows that are looked up. */
  readonly lookups: number;
  /** Rows of the table, and elements of each. */
  readonly rows: number;
  readonly columns: number;
  /** Of an int8 table whose rows are given as float32. */
  readonly scale?: number;
}

const supports: readonly DTypeCombination[] = [
  { input: 'int8', output: 'int8' },
  { input: 'int8', output: 'float32' },
  { input: 'float32', output: 'float32' },
];

/** Call only on an op whose `check` found nothing. */
export function embeddingLookupParameters(
  op: Op<'EMBEDDING_LOOKUP'>,
  graph: Graph,
): EmbeddingLookupParameters {
  const [numbers, table] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  return {
    dtype: table.dtype as EmbeddingLookupParameters['dtype'],
    lookups: numbers.shape[0]!,
    rows: table.shape[0]!,
    columns: elementCount(table.shape.slice(1)),
    ...(outputTensor(graph, op).dtype !== table.dtype && { scale: scaleOf(table) }),
  };
}

function check(op: Op<'EMBEDDING_LOOKUP'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [numbers, table, output] = [
    inputTensor(graph, op),
    inputTensor(graph, op, 1),
    outputTensor(graph, op),
  ];
  const problems = [
    ...dtypeProblems([{ input: 'int32', output: 'int32' }], [numbers], numbers),
    ...dtypeProblems(supports, [table], output),
  ];
  if (numbers.shape.length !== 1 || table.shape.length < 2 || table.shape.includes(0)) {
    problems.push(shapeProblem(`looks up [${numbers.shape}] in the shape [${table.shape}]`));
  }
  if (problems.length > 0) return problems;
  if (table.dtype === 'int8' && output.dtype === 'float32') {
    const quantization = quantizationProblems('table', table);
    problems.push(...(quantization.length > 0 ? quantization : zeroPointProblems('table', table)));
  }
  const beyond = integersOf(op, graph, 0)?.find((n) => n < 0 || n >= table.shape[0]!);
  if (beyond !== undefined) problems.push(rangeProblem(`looks up row ${beyond} of ${table.shape[0]}`));
  return problems;
}

export const embeddingLookup: OpDefinition<'EMBEDDING_LOOKUP'> = {
  type: 'EMBEDDING_LOOKUP',
  supports,
  data: 1,
  check,
  infer(op, graph) {
    return [[inputTensor(graph, op).shape[0]!, ...inputTensor(graph, op, 1).shape.slice(1)]];
  },
  macs: () => 0,
  simulate(op, graph, memory) {
    const { lookups, rows, columns, scale = 1 } = embeddingLookupParameters(op, graph);
    const numbers = memory[op.inputs[0]!] as Int32Array;
    const table = memory[op.inputs[1]!] as Int8Array | Float32Array;
    const output = memory[op.outputs[0]!] as Int8Array | Float32Array;
    return () => {
      for (let n = 0, o = 0; n < lookups; n++) {
        const first = clamp(numbers[n]!, 0, rows - 1) * columns;
        for (let i = first; i < first + columns; i++) output[o++] = table[i]! * scale;
      }
    };
  },
};
