/**
 * RELU6 as an operator of its own: a clamp of the values as they stand between the input's 0 and 6; unlike RELU
 * nothing is rescaled, and the output's scale is not read. TFLM: kernels/activations_common.cc.
 */
import { elementCount, inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { activationFunctionWithMinMax, tfLiteRound } from '../numerics/rounding.js';
import { dtypeProblems, operandProblems, quantizationProblems, shapeProblems, typeRange } from './checks.js';
import { type OpDefinition, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type Relu6Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    RELU6: Relu6Attributes;
  }
}

export interface ClampParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  readonly count: number;
  readonly range: Range;
}

const supports = sameDType('int8', 'int16', 'float32');

/** Call only on an op whose `check` found nothing. */
export function relu6Parameters(op: Op<'RELU6'>, graph: Graph): ClampParameters {
  const input = inputTensor(graph, op);
  const dtype = input.dtype as ClampParameters['dtype'];
  const count = elementCount(input.shape);
  if (dtype === 'float32') return { dtype, count, range: { min: 0, max: 6 } };
  const zeroPoint = zeroPointOf(input);
  const six = tfLiteRound(Math.fround(6 / scaleOf(input))) + zeroPoint;
  return { dtype, count, range: { min: zeroPoint, max: Math.min(six, typeRange(dtype).max) } };
}

export const relu6: OpDefinition<'RELU6'> = {
  type: 'RELU6',
  supports,
  check(op, graph) {
    const missing = operandProblems(op, graph, { min: 1, max: 1 });
    if (missing.length > 0) return missing;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const dtypes = dtypeProblems(supports, [input], output);
    const integer = dtypes.length === 0 && input.dtype !== 'float32';
    const quantization = integer ? quantizationProblems('input', input) : [];
    return [...dtypes, ...shapeProblems(input.shape, output), ...quantization];
  },
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { count, range } = relu6Parameters(op, graph);
    const { min, max } = range;
    const [input, output] = [memory[op.inputs[0]!] as Int8Array, memory[op.outputs[0]!] as Int8Array];
    return () => {
      for (let i = 0; i < count; i++) output[i] = activationFunctionWithMinMax(input[i]!, min, max);
    };
  },
};
