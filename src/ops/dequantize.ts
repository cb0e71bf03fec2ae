/**
 * DEQUANTIZE: scale · (q − zeroPoint). TFLM: kernels/dequantize.cc, reference/dequantize.h, where the product is taken
 * in double and narrowed; a float32 by at most 17 bits is exact in double, so it is the float32 product.
 */
import { elementCount, inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, operandProblems, quantizationProblems, shapeProblems } from './checks.js';
import type { DTypeCombination, OpDefinition } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type DequantizeAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    DEQUANTIZE: DequantizeAttributes;
  }
}

export interface DequantizeParameters {
  readonly input: 'int8' | 'uint8' | 'int16';
  readonly count: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

const supports: readonly DTypeCombination[] = (['int8', 'uint8', 'int16'] as const).map((input) => ({
  input,
  output: 'float32',
}));

/** Call only on an op whose `check` found nothing. */
export function dequantizeParameters(op: Op<'DEQUANTIZE'>, graph: Graph): DequantizeParameters {
  const input = inputTensor(graph, op);
  return {
    input: input.dtype as DequantizeParameters['input'],
    count: elementCount(input.shape),
    scale: scaleOf(input),
    zeroPoint: zeroPointOf(input),
  };
}

export const dequantize: OpDefinition<'DEQUANTIZE'> = {
  type: 'DEQUANTIZE',
  supports,
  check(op, graph) {
    const missing = operandProblems(op, graph, { min: 1, max: 1 });
    if (missing.length > 0) return missing;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const dtypes = dtypeProblems(supports, [input], output);
    const quantization = dtypes.length > 0 ? [] : quantizationProblems('input', input);
    return [...dtypes, ...shapeProblems(input.shape, output), ...quantization];
  },
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { count, scale, zeroPoint } = dequantizeParameters(op, graph);
    const input = memory[op.inputs[0]!] as Int8Array | Uint8Array | Int16Array;
    const output = memory[op.outputs[0]!] as Float32Array;
    return () => {
      for (let i = 0; i < count; i++) output[i] = scale * (input[i]! - zeroPoint);
    };
  },
};
