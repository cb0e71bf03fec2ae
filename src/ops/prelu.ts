/**
 * PRELU with broadcasting: x, below 0 times alpha. Quantized values are requantized once, on either side; all scales in
 * double. alpha of an int16 input is int8. TFLM: kernels/prelu_common.cc, reference/prelu.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import {
  type BroadcastLoop,
  broadcastLoops,
  broadcastProblems,
  broadcastRuns,
  broadcastShape,
} from './broadcast.js';
import {
  dtypeProblems,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  typeRange,
} from './checks.js';
import type { DTypeCombination, OpDefinition, OpProblem, Step } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type PreluAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    PRELU: PreluAttributes;
  }
}

/** x from 0 up by `identity`, below x · alpha by `product`; then the output's zero point. */
export interface PreluRescaling {
  readonly inputOffset: number;
  readonly alphaOffset: number;
  readonly outputOffset: number;
  readonly identity: QuantizedMultiplier;
  readonly product: QuantizedMultiplier;
  readonly range: Range;
}

export interface PreluParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** `a` is the input, `b` alpha; innermost first. */
  readonly loops: readonly BroadcastLoop[];
  /** int8 and int16 only. */
  readonly quantized?: PreluRescaling;
}

const supports: readonly DTypeCombination[] = [
  { input: 'int8', weights: 'int8', output: 'int8' },
  { input: 'int16', weights: 'int8', output: 'int16' },
  { input: 'float32', weights: 'float32', output: 'float32' },
];

function realMultipliers(op: Op<'PRELU'>, graph: Graph): { identity: number; product: number } {
  const [input, alpha] = [scaleOf(inputTensor(graph, op)), scaleOf(inputTensor(graph, op, 1))];
  const output = scaleOf(outputTensor(graph, op));
  return { identity: input / output, product: (input * alpha) / output };
}

/** Call only on an op whose `check` found nothing. */
export function preluParameters(op: Op<'PRELU'>, graph: Graph): PreluParameters {
  const [input, alpha, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const dtype = input.dtype as PreluParameters['dtype'];
  const loops = broadcastLoops(input.shape, alpha.shape);
  if (dtype === 'float32') return { dtype, loops };
  const { identity, product } = realMultipliers(op, graph);
  return {
    dtype,
    loops,
    quantized: {
      inputOffset: 0 - zeroPointOf(input),
      alphaOffset: 0 - zeroPointOf(alpha),
      outputOffset: zeroPointOf(output),
      identity: quantizeMultiplier(identity),
      product: quantizeMultiplier(product),
      range: typeRange(dtype),
    },
  };
}

function check(op: Op<'PRELU'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, alpha, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...broadcastProblems(input, alpha, output)];
  if (problems.some((p) => p.code === 'op-dtypes')) return problems;
  if (alpha.dtype !== (input.dtype === 'float32' ? 'float32' : 'int8')) {
    const message = `multiplies ${input.dtype} by ${alpha.dtype} slopes`;
    return [...problems, { code: 'op-dtypes', message, hint: quantizeAgain }];
  }
  if (input.dtype === 'float32') return problems;
  const quantization = [
    ...quantizationProblems('input', input),
    ...quantizationProblems('alpha', alpha),
    ...quantizationProblems('output', output),
  ];
  if (quantization.length > 0) return [...problems, ...quantization];
  const real = Object.values(realMultipliers(op, graph));
  return [...problems, ...real.flatMap((m) => multiplierProblems(m, quantizeMultiplier(m).shift))];
}

function outputOf(p: PreluRescaling, q: number, alpha: number): number {
  const x = q + p.inputOffset;
  const { multiplier, shift } = x >= 0 ? p.identity : p.product;
  const y = multiplyByQuantizedMultiplier(x >= 0 ? x : x * (alpha + p.alphaOffset), multiplier, shift);
  return clamp((y + p.outputOffset) | 0, p.range.min, p.range.max);
}

type Values = Int8Array | Int16Array | Float32Array;

function simulate({ loops, quantized }: PreluParameters, input: Values, alpha: Values, output: Values): Step {
  const { run, a: startsA, b: startsB } = broadcastRuns(loops);
  const value = quantized
    ? (x: number, slope: number) => outputOf(quantized, x, slope)
    : (x: number, slope: number) => (x >= 0 ? x : Math.fround(x * slope));
  return () => {
    for (let r = 0, o = 0; r < startsA.length; r++) {
      for (let i = 0, a = startsA[r]!, b = startsB[r]!; i < run.count; i++, a += run.a, b += run.b) {
        output[o++] = value(input[a]!, alpha[b]!);
      }
    }
  };
}

export const prelu: OpDefinition<'PRELU'> = {
  type: 'PRELU',
  supports,
  check,
  infer: (op, graph) => [broadcastShape(inputTensor(graph, op).shape, inputTensor(graph, op, 1).shape)!],
  macs: () => 0,
  simulate(op, graph, memory) {
    const [input, alpha] = [memory[op.inputs[0]!] as Values, memory[op.inputs[1]!] as Values];
    return simulate(preluParameters(op, graph), input, alpha, memory[op.outputs[0]!] as Values);
  },
};
