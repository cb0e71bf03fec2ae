/**
 * QUANTIZE: real to integer, and integer to integer of another scale or type. TFLM: kernels/quantize_common.cc,
 * reference/quantize.h, reference/requantize.h; uint8 from float32 as in TFLite.
 */
import { elementCount, inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { DType, Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp, tfLiteRound } from '../numerics/rounding.js';
import {
  dtypeProblems,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  shapeProblems,
  typeRange,
} from './checks.js';
import type { DTypeCombination, OpDefinition, OpProblem } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type QuantizeAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    QUANTIZE: QuantizeAttributes;
  }
}

type IntegerType = 'int8' | 'uint8' | 'int16' | 'int32';

/** q' = clamp((q − inputZeroPoint) · multiplier · 2^(shift − 31) + outputZeroPoint). */
export interface RequantizeParameters extends QuantizedMultiplier {
  readonly input: IntegerType;
  readonly output: IntegerType;
  readonly count: number;
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  readonly range: Range;
}

/** q = clamp(round(x / scale) + zeroPoint), the quotient in float32. */
export interface QuantizeFloatParameters {
  readonly input: 'float32';
  readonly output: 'int8' | 'uint8' | 'int16';
  readonly count: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly range: Range;
}

export type QuantizeParameters = RequantizeParameters | QuantizeFloatParameters;

const outputsOf: readonly (readonly [DType, readonly DType[]])[] = [
  ['float32', ['int8', 'uint8', 'int16']],
  ['int8', ['int8', 'uint8', 'int16', 'int32']],
  ['uint8', ['int8']],
  ['int16', ['int8', 'int16', 'int32']],
  ['int32', ['int8', 'int16']],
];
const supports: readonly DTypeCombination[] = outputsOf.flatMap(([input, outputs]) =>
  outputs.map((output) => ({ input, output })),
);

/** Call only on an op whose `check` found nothing. */
export function quantizeParameters(op: Op<'QUANTIZE'>, graph: Graph): QuantizeParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const common = { count: elementCount(output.shape), range: typeRange(output.dtype) };
  if (input.dtype === 'float32') {
    return {
      ...common,
      input: 'float32',
      output: output.dtype as QuantizeFloatParameters['output'],
      scale: scaleOf(output),
      zeroPoint: zeroPointOf(output),
    };
  }
  return {
    ...common,
    input: input.dtype as IntegerType,
    output: output.dtype as IntegerType,
    inputZeroPoint: zeroPointOf(input),
    outputZeroPoint: zeroPointOf(output),
    ...quantizeMultiplier(scaleOf(input) / scaleOf(output)),
  };
}

export function requantizeValue(
  p: Omit<RequantizeParameters, 'input' | 'output' | 'count'>,
  q: number,
): number {
  const scaled = multiplyByQuantizedMultiplier((q - p.inputZeroPoint) | 0, p.multiplier, p.shift);
  return clamp((scaled + p.outputZeroPoint) | 0, p.range.min, p.range.max);
}

/** Beyond every range, and within int32: what is larger, and NaN (as the smallest), C++ leaves undefined. */
const bound = 65536;

function quantizeValue(p: Omit<QuantizeFloatParameters, 'input' | 'output' | 'count'>, x: number): number {
  const quotient = Math.fround(x / p.scale);
  const bounded = Number.isNaN(quotient) ? -bound : clamp(quotient, -bound, bound);
  return clamp(tfLiteRound(bounded) + p.zeroPoint, p.range.min, p.range.max);
}

function check(op: Op<'QUANTIZE'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  if (problems.some((p) => p.code === 'op-dtypes')) return problems;
  const quantization = quantizationProblems('output', output);
  if (input.dtype !== 'float32') quantization.push(...quantizationProblems('input', input));
  if (input.dtype !== 'float32' && quantization.length === 0) {
    const real = scaleOf(input) / scaleOf(output);
    quantization.push(...multiplierProblems(real, quantizeMultiplier(real).shift));
  }
  return [...problems, ...quantization];
}

type Values = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

export const quantize: OpDefinition<'QUANTIZE'> = {
  type: 'QUANTIZE',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = quantizeParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    if (p.input === 'float32') {
      return () => {
        for (let i = 0; i < p.count; i++) output[i] = quantizeValue(p, input[i]!);
      };
    }
    return () => {
      for (let i = 0; i < p.count; i++) output[i] = requantizeValue(p, input[i]!);
    };
  },
};
