/** LOGICAL_NOT: true of what is false. TFLM: kernels/elementwise.cc. */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, operandProblems, shapeProblems } from './checks.js';
import { type OpDefinition, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogicalNotAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOGICAL_NOT: LogicalNotAttributes;
  }
}

export interface LogicalNotParameters {
  readonly count: number;
}

/** Call only on an op whose `check` found nothing. */
export function logicalNotParameters(op: Op<'LOGICAL_NOT'>, graph: Graph): LogicalNotParameters {
  return { count: elementCount(inputTensor(graph, op).shape) };
}

const supports = sameDType('bool');

export const logicalNot: OpDefinition<'LOGICAL_NOT'> = {
  type: 'LOGICAL_NOT',
  supports,
  check(op, graph) {
    const missing = operandProblems(op, graph, { min: 1, max: 1 });
    if (missing.length > 0) return missing;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    return [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  },
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { count } = logicalNotParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Uint8Array, memory[op.outputs[0]!] as Uint8Array];
    return () => {
      for (let i = 0; i < count; i++) output[i] = input[i] === 0 ? 1 : 0;
    };
  },
};
