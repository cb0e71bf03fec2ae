/**
 * MUL with broadcasting. TFLM: kernels/mul.cc, kernels/mul_common.cc, reference/integer_ops/mul.h, reference/mul.h.
 * int32 are plain integers: the product wraps, then it is clamped.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import {
  calculateActivationRange,
  calculateActivationRangeQuantized,
  type FusedActivation,
  type Range,
} from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { activationFunctionWithMinMax, clamp } from '../numerics/rounding.js';
import {
  type BroadcastLoop,
  broadcastLoops,
  broadcastProblems,
  broadcastRuns,
  broadcastShape,
} from './broadcast.js';
import {
  activationProblems,
  dtypeProblems,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  typeRange,
  zeroPointProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

export interface MulAttributes {
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    MUL: MulAttributes;
  }
}

export interface MulParameters {
  readonly dtype: 'int8' | 'int16' | 'int32' | 'float32';
  /** Innermost first. */
  readonly loops: readonly BroadcastLoop[];
  /** Clamp of the output, in real values for float32 and int32. */
  readonly activation: Range;
  /** int8 and int16 only: ((a + offsetA) · (b + offsetB)) requantized, plus offset. */
  readonly quantized?: QuantizedMultiplier & {
    readonly offsetA: number;
    readonly offsetB: number;
    readonly offset: number;
  };
}

const supports = sameDType('int8', 'int16', 'int32', 'float32');

/** All in double (mul_common.cc). */
function realMultiplier(op: Op<'MUL'>, graph: Graph): number {
  const [a, b] = [scaleOf(inputTensor(graph, op, 0)), scaleOf(inputTensor(graph, op, 1))];
  return (a * b) / scaleOf(outputTensor(graph, op));
}

/** Call only on an op whose `check` found nothing. */
export function mulParameters(op: Op<'MUL'>, graph: Graph): MulParameters {
  const [a, b, output] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const dtype = output.dtype as MulParameters['dtype'];
  const loops = broadcastLoops(a.shape, b.shape);
  const { activation } = op.attributes;
  if (dtype === 'float32') return { dtype, loops, activation: calculateActivationRange(activation) };
  const type = typeRange(dtype);
  if (dtype === 'int32') {
    const { min, max } = calculateActivationRange(activation);
    return {
      dtype,
      loops,
      activation: { min: Math.max(min, type.min), max: Math.min(max, type.max) },
    };
  }
  return {
    dtype,
    loops,
    activation: calculateActivationRangeQuantized(activation, scaleOf(output), zeroPointOf(output), type),
    quantized: {
      ...quantizeMultiplier(realMultiplier(op, graph)),
      offsetA: 0 - zeroPointOf(a),
      offsetB: 0 - zeroPointOf(b),
      offset: zeroPointOf(output),
    },
  };
}

function check(op: Op<'MUL'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [a, b, output] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [a, b], output), ...broadcastProblems(a, b, output)];
  if (problems.some((p) => p.code === 'op-dtypes')) return problems;
  if (output.dtype === 'int32') {
    if ([a, b, output].some((t) => t.quantization)) {
      const message = 'multiplies quantized int32 values, whose scales TFLM does not read';
      problems.push({ code: 'quantization', message, hint: quantizeAgain });
    }
  } else if (output.dtype !== 'float32') {
    const operands = [['input', a] as const, ['input', b] as const, ['output', output] as const];
    const quantization = operands.flatMap(([what, t]) => quantizationProblems(what, t));
    problems.push(...quantization);
    if (quantization.length > 0) return problems;
    if (output.dtype === 'int16')
      problems.push(...operands.flatMap(([what, t]) => zeroPointProblems(what, t)));
    const real = realMultiplier(op, graph);
    problems.push(...multiplierProblems(real, quantizeMultiplier(real).shift));
  }
  return [...problems, ...activationProblems(op.attributes.activation, output)];
}

type Values = Int8Array | Int16Array | Int32Array | Float32Array;

function simulate(p: MulParameters, a: Values, b: Values, output: Values): Step {
  const { min, max } = p.activation;
  const { run, a: startsA, b: startsB } = broadcastRuns(p.loops);
  const { count, a: stepA, b: stepB } = run;
  if (p.dtype === 'int32') {
    return () => {
      for (let r = 0, o = 0; r < startsA.length; r++) {
        for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
          output[o++] = clamp(Math.imul(a[ia]!, b[ib]!), min, max);
        }
      }
    };
  }
  if (!p.quantized) {
    return () => {
      for (let r = 0, o = 0; r < startsA.length; r++) {
        for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
          output[o++] = activationFunctionWithMinMax(Math.fround(a[ia]! * b[ib]!), min, max);
        }
      }
    };
  }
  const { offsetA, offsetB, offset, multiplier, shift } = p.quantized;
  return () => {
    for (let r = 0, o = 0; r < startsA.length; r++) {
      for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
        const product = (a[ia]! + offsetA) * (b[ib]! + offsetB);
        output[o++] = clamp(
          (multiplyByQuantizedMultiplier(product, multiplier, shift) + offset) | 0,
          min,
          max,
        );
      }
    }
  };
}

export const mul: OpDefinition<'MUL'> = {
  type: 'MUL',
  supports,
  check,
  infer: (op, graph) => [broadcastShape(inputTensor(graph, op, 0).shape, inputTensor(graph, op, 1).shape)!],
  macs: () => 0,
  simulate(op, graph, memory) {
    const [a, b] = [memory[op.inputs[0]!] as Values, memory[op.inputs[1]!] as Values];
    return simulate(mulParameters(op, graph), a, b, memory[op.outputs[0]!] as Values);
  },
};
