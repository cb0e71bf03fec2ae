/**
 * LOOKUP_TABLE: of 256 values the one that each 8-bit input names by its bits. No model file has it: crimp's passes make it
 * of operators that turn each value into another by itself.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, exportAgain, operandProblems, shapeProblems } from './checks.js';
import type { DTypeCombination, OpDefinition, OpProblem } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LookupTableAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOOKUP_TABLE: LookupTableAttributes;
  }
}

type Narrow = 'int8' | 'uint8' | 'bool';

export interface LookupTableParameters {
  readonly input: Narrow;
  readonly output: Narrow;
  readonly count: number;
  /** Of the output's type. */
  readonly table: Int8Array | Uint8Array;
}

const narrow = ['int8', 'uint8', 'bool'] as const;
const supports: readonly DTypeCombination[] = narrow.flatMap((input) =>
  narrow.map((output) => ({ input, output })),
);

/** The values of a table's places, in their order: what each of 256 bit patterns is in the type. */
export function allValues(dtype: Narrow): Int8Array | Uint8Array {
  const bits = Uint8Array.from({ length: 256 }, (_, i) => i);
  return dtype === 'int8' ? new Int8Array(bits.buffer) : bits;
}

/** Call only on an op whose `check` found nothing. */
export function lookupTableParameters(op: Op<'LOOKUP_TABLE'>, graph: Graph): LookupTableParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  return {
    input: input.dtype as Narrow,
    output: output.dtype as Narrow,
    count: elementCount(input.shape),
    table: inputTensor(graph, op, 1).data as Int8Array | Uint8Array,
  };
}

function check(op: Op<'LOOKUP_TABLE'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, table, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  if (table.dtype !== output.dtype || table.data?.length !== 256) {
    const message = `its table is ${table.dtype} [${table.shape}], not a constant of 256 ${output.dtype}`;
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  }
  return problems;
}

export const lookupTable: OpDefinition<'LOOKUP_TABLE'> = {
  type: 'LOOKUP_TABLE',
  supports,
  internal: true,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { table } = lookupTableParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Int8Array, memory[op.outputs[0]!] as Int8Array];
    return () => {
      for (let i = 0; i < output.length; i++) output[i] = table[input[i]! & 255]!;
    };
  },
};
