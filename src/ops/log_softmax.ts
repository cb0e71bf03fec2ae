/**
 * LOG_SOFTMAX along the last axis. int8 by gemmlowp's exp in Q5.26 and TFLite's log in fixed point. TFLM:
 * kernels/log_softmax.cc, reference/log_softmax.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { float32Max } from '../numerics/activation_range.js';
import { expFloat32 } from '../numerics/exp_float32.js';
import { multiplyByQuantizedMultiplier, roundingDivideByPOT } from '../numerics/fixed_point.js';
import { expOnNegativeValues, logXForXGreaterThanOrEqualTo1 } from '../numerics/gemmlowp.js';
import { logFloat32 } from '../numerics/log_float32.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import {
  dtypeProblems,
  exportAgain,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  shapeProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogSoftmaxAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOG_SOFTMAX: LogSoftmaxAttributes;
  }
}

interface Rows {
  readonly rows: number;
  readonly depth: number;
}

export interface LogSoftmaxInt8Parameters extends Rows {
  readonly dtype: 'int8';
  /** exp(−d · scale) in Q12.19 for d = max − q, for as many d as Q5.26 holds: 1 … 256. Beyond, outputs are −128. */
  readonly exp: Int32Array;
  /** −d to Q5.26. */
  readonly forward: QuantizedMultiplier;
  /** The smallest −d for a log of the sum in Q5.26: (log − 2^31) times this. */
  readonly reverse: QuantizedMultiplier;
}

export type LogSoftmaxParameters = LogSoftmaxInt8Parameters | (Rows & { readonly dtype: 'float32' });

const logSoftmaxBits = { input: 5, sum: 12, output: 4 } as const;

const supports = sameDType('int8', 'float32');

/** To Q5.26, at most 2^31 − 1. */
function multiplierOf(scale: number): QuantizedMultiplier {
  return quantizeMultiplier(Math.min(scale * 2 ** (31 - logSoftmaxBits.input), 2 ** 31 - 1));
}

/** 1 / multiplier, with Q5.26 brought back to steps of the input. */
function reverseReal({ multiplier, shift }: QuantizedMultiplier): number {
  return 2 ** (31 - shift) / multiplier;
}

/** Call only on an op whose `check` found nothing. */
export function logSoftmaxParameters(op: Op<'LOG_SOFTMAX'>, graph: Graph): LogSoftmaxParameters {
  const input = inputTensor(graph, op);
  const depth = input.shape.at(-1)!;
  const rows = input.shape.slice(0, -1).reduce((n, d) => n * d, 1);
  if (input.dtype === 'float32') return { dtype: 'float32', rows, depth };
  const forward = multiplierOf(scaleOf(input));
  const count = Math.min(256, Math.floor((31 * 2 ** 26) / 2 ** forward.shift) + 1);
  const exp = Int32Array.from({ length: count }, (_, d) => {
    const scaled = multiplyByQuantizedMultiplier(-d, forward.multiplier, forward.shift);
    return roundingDivideByPOT(expOnNegativeValues(scaled, logSoftmaxBits.input), logSoftmaxBits.sum);
  });
  return {
    dtype: 'int8',
    rows,
    depth,
    exp,
    forward,
    reverse: quantizeMultiplier(reverseReal(forward)),
  };
}

function check(op: Op<'LOG_SOFTMAX'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  const depth = input.shape.at(-1);
  if (depth === undefined) {
    const message = 'takes an input of rank 1 or more, has a scalar';
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  } else if (input.dtype === 'int8' && depth > 4095) {
    const message = `sums ${depth} exponentials in Q12.19, which holds 4095`;
    const hint = 'Let the model end in the logits and take the logarithm elsewhere.';
    problems.push({ code: 'op-range', message, hint });
  }
  if (input.dtype === 'float32' || problems.some((p) => p.code === 'op-dtypes')) return problems;
  const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
  if (quantization.length > 0) return [...problems, ...quantization];
  const problem = (message: string) => problems.push({ code: 'quantization', message, hint: quantizeAgain });
  if (scaleOf(output) !== 16 / 256 || zeroPointOf(output) !== 127) {
    problem(
      `has an output of scale ${scaleOf(output)} and zero point ${zeroPointOf(output)}, not 1/16 and 127`,
    );
  }
  // Both multipliers have to be on their own side of 1.
  const forward = multiplierOf(scaleOf(input));
  if (forward.shift < 1 || reverseReal(forward) >= 1) {
    problem(`has the input scale ${scaleOf(input)}, too fine for Q5.26`);
  }
  return problems;
}

function simulateInt8(p: LogSoftmaxInt8Parameters, input: Int8Array, output: Int8Array): Step {
  const { rows, depth, exp, forward, reverse } = p;
  const { input: inputBits, sum: sumBits, output: outputBits } = logSoftmaxBits;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let largest = -128;
      for (let i = start; i < end; i++) largest = Math.max(largest, input[i]!);
      let sum = 0;
      for (let i = start; i < end; i++) sum += exp[largest - input[i]!] ?? 0;
      const log = logXForXGreaterThanOrEqualTo1(sum, sumBits, inputBits);
      const least = multiplyByQuantizedMultiplier((log - 0x80000000) | 0, reverse.multiplier, reverse.shift);
      for (let i = start; i < end; i++) {
        const d = largest - input[i]!;
        const scaled = multiplyByQuantizedMultiplier(-d, forward.multiplier, forward.shift);
        const value = roundingDivideByPOT((scaled - log) | 0, 31 - inputBits - outputBits) + 127;
        output[i] = d < exp.length && -d > least ? clamp(value, -128, 127) : -128;
      }
    }
  };
}

function simulateFloat32({ rows, depth }: Rows, input: Float32Array, output: Float32Array): Step {
  const f = Math.fround;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let largest = -float32Max;
      for (let i = start; i < end; i++) if (input[i]! > largest) largest = input[i]!;
      let sum = 0;
      for (let i = start; i < end; i++) sum = f(sum + expFloat32(f(input[i]! - largest)));
      const log = logFloat32(sum);
      for (let i = start; i < end; i++) output[i] = f(f(input[i]! - largest) - log);
    }
  };
}

export const logSoftmax: OpDefinition<'LOG_SOFTMAX'> = {
  type: 'LOG_SOFTMAX',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = logSoftmaxParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
    return p.dtype === 'int8'
      ? simulateInt8(p, input as Int8Array, output as Int8Array)
      : simulateFloat32(p, input as Float32Array, output as Float32Array);
  },
};
