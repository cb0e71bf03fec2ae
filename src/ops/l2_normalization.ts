/**
 * L2_NORMALIZATION along the last axis. int8 by TFLite's inverse square root in fixed point, to steps of 1/128; the
 * output's scale is not read. TFLM: kernels/l2norm.cc, reference/l2normalization.h.
 */
import { inputTensor, outputTensor, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { getInvSqrtQuantizedMultiplier } from '../numerics/gemmlowp.js';
import { clamp } from '../numerics/rounding.js';
import { sqrtFloat32 } from '../numerics/sqrt_float32.js';
import {
  dtypeProblems,
  exportAgain,
  operandProblems,
  quantizationProblems,
  shapeProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

export interface L2NormalizationAttributes {
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    L2_NORMALIZATION: L2NormalizationAttributes;
  }
}

export interface L2NormalizationParameters {
  readonly dtype: 'int8' | 'float32';
  readonly rows: number;
  readonly depth: number;
  /** 0 for float32. */
  readonly inputZeroPoint: number;
}

const supports = sameDType('int8', 'float32');

/** What a norm is at least (l2norm.cc). */
export const l2NormalizationEpsilon = Math.fround(1e-6);

/** Squares of up to 255 that an int32 holds. */
const deepest = Math.floor(0x7fffffff / 255 ** 2);

/** Call only on an op whose `check` found nothing. */
export function l2NormalizationParameters(
  op: Op<'L2_NORMALIZATION'>,
  graph: Graph,
): L2NormalizationParameters {
  const input = inputTensor(graph, op);
  return {
    dtype: input.dtype as L2NormalizationParameters['dtype'],
    rows: input.shape.slice(0, -1).reduce((n, d) => n * d, 1),
    depth: input.shape.at(-1)!,
    inputZeroPoint: input.dtype === 'int8' ? zeroPointOf(input) : 0,
  };
}

function check(op: Op<'L2_NORMALIZATION'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  const { shape } = input;
  if (shape.length < 1 || shape.length > 4) {
    const message = `takes an input of 1 to 4 dimensions, has [${shape}]`;
    problems.push({ code: 'op-shape', message, hint: 'Reshape before and after.' });
  } else if (input.dtype === 'int8' && shape.at(-1)! > deepest) {
    const message = `sums ${shape.at(-1)} squares in int32, which holds ${deepest}`;
    problems.push({ code: 'op-range', message, hint: 'Use float32 for this layer.' });
  }
  if (op.attributes.activation !== 'NONE') {
    const message = `has the fused activation ${op.attributes.activation}, which TFLM refuses`;
    problems.push({ code: 'op-attribute', message, hint: exportAgain });
  }
  if (input.dtype !== 'int8' || problems.some((p) => p.code === 'op-dtypes')) return problems;
  return [...problems, ...quantizationProblems('input', input), ...quantizationProblems('output', output)];
}

function simulateInt8(p: L2NormalizationParameters, input: Int8Array, output: Int8Array): Step {
  const { rows, depth, inputZeroPoint } = p;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let sum = 0;
      for (let i = start; i < end; i++) sum += (input[i]! - inputZeroPoint) ** 2;
      const { multiplier, shift } = getInvSqrtQuantizedMultiplier(sum);
      for (let i = start; i < end; i++) {
        const x = input[i]! - inputZeroPoint;
        output[i] = clamp(multiplyByQuantizedMultiplier(x, multiplier, shift + 7), -128, 127);
      }
    }
  };
}

function simulateFloat32(p: L2NormalizationParameters, input: Float32Array, output: Float32Array): Step {
  const { rows, depth } = p;
  const f = Math.fround;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let sum = 0;
      for (let i = start; i < end; i++) sum = f(sum + f(input[i]! * input[i]!));
      const root = sqrtFloat32(sum);
      const norm = root < l2NormalizationEpsilon ? l2NormalizationEpsilon : root;
      for (let i = start; i < end; i++) output[i] = f(input[i]! / norm);
    }
  };
}

export const l2Normalization: OpDefinition<'L2_NORMALIZATION'> = {
  type: 'L2_NORMALIZATION',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = l2NormalizationParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
    return p.dtype === 'int8'
      ? simulateInt8(p, input as Int8Array, output as Int8Array)
      : simulateFloat32(p, input as Float32Array, output as Float32Array);
  },
};
