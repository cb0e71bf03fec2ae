/**
 * RELU as an operator of its own. Quantized values are rescaled to the output and clamped from its zero point up.
 * TFLM: kernels/activations_common.cc, kernels/activations.h.
 */
import { elementCount, inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { activationFunctionWithMinMax } from '../numerics/rounding.js';
import {
  dtypeProblems,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  shapeProblems,
  typeRange,
  zeroPointProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';
import { type RequantizeParameters, requantizeValue } from './quantize.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ReluAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    RELU: ReluAttributes;
  }
}

export type ReluParameters =
  | (RequantizeParameters & { readonly input: 'int8' | 'int16' })
  | { readonly input: 'float32'; readonly count: number };

const supports = sameDType('int8', 'int16', 'float32');

/** The quotient of the scales is taken in float32 (CalculateReluOpData). */
function realMultiplier(op: Op<'RELU'>, graph: Graph): number {
  return Math.fround(scaleOf(inputTensor(graph, op)) / scaleOf(outputTensor(graph, op)));
}

/** Call only on an op whose `check` found nothing. */
export function reluParameters(op: Op<'RELU'>, graph: Graph): ReluParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const count = elementCount(output.shape);
  if (input.dtype === 'float32') return { input: 'float32', count };
  const dtype = input.dtype as 'int8' | 'int16';
  return {
    input: dtype,
    output: dtype,
    count,
    inputZeroPoint: zeroPointOf(input),
    outputZeroPoint: zeroPointOf(output),
    range: { min: zeroPointOf(output), max: typeRange(dtype).max },
    ...quantizeMultiplier(realMultiplier(op, graph)),
  };
}

function check(op: Op<'RELU'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  if (input.dtype === 'float32' || problems.some((p) => p.code === 'op-dtypes')) return problems;
  const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
  problems.push(...quantization);
  if (quantization.length > 0) return problems;
  if (input.dtype === 'int16') {
    problems.push(...zeroPointProblems('input', input), ...zeroPointProblems('output', output));
  }
  const real = realMultiplier(op, graph);
  return [...problems, ...multiplierProblems(real, quantizeMultiplier(real).shift)];
}

export const relu: OpDefinition<'RELU'> = {
  type: 'RELU',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = reluParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Int8Array, memory[op.outputs[0]!] as Int8Array];
    if (p.input === 'float32') {
      return () => {
        for (let i = 0; i < p.count; i++) output[i] = activationFunctionWithMinMax(input[i]!, 0, Infinity);
      };
    }
    return () => {
      for (let i = 0; i < p.count; i++) output[i] = requantizeValue(p, input[i]!);
    };
  },
};
