/**
 * What ADD and SUB share. Quantized: both inputs are scaled to a common, finer scale (left shift of 20 bits, 15 for
 * int16), added or subtracted, and scaled to the output: three roundings a value.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import {
  calculateActivationRange,
  calculateActivationRangeQuantized,
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
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  typeRange,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

type Addition = Op<'ADD'> | Op<'SUB'>;

/** One input: value = (q + offset) · 2^leftShift · multiplier · 2^(shift − 31), shift ≤ 0. */
export interface AdditionTerm extends QuantizedMultiplier {
  /** −(zero point). */
  readonly offset: number;
}

export interface AdditionParameters {
  readonly dtype: 'int8' | 'int16' | 'int32' | 'float32';
  /** Innermost first. */
  readonly loops: readonly BroadcastLoop[];
  /** Clamp of the output, in real values for float32; int32 wraps, and SUB clamps what that gives. */
  readonly activation: Range;
  /** int8 and int16 only. */
  readonly quantized?: {
    readonly leftShift: number;
    readonly a: AdditionTerm;
    readonly b: AdditionTerm;
    /** shift ≤ 0. */
    readonly output: QuantizedMultiplier & { readonly offset: number };
  };
}

const supports = sameDType('int8', 'int16', 'int32', 'float32');

/** The real multipliers: all in double for ADD (add_common.cc), in float32 for SUB (sub_common.cc). */
function realMultipliers(op: Addition, graph: Graph) {
  const round = op.type === 'SUB' ? Math.fround : (x: number) => x;
  const [a, b] = [scaleOf(inputTensor(graph, op as Op, 0)), scaleOf(inputTensor(graph, op as Op, 1))];
  const output = outputTensor(graph, op as Op);
  const leftShift = output.dtype === 'int16' ? 15 : 20;
  const twiceMax = round(2 * Math.max(a, b));
  return {
    leftShift,
    a: round(a / twiceMax),
    b: round(b / twiceMax),
    output: round(twiceMax / round(2 ** leftShift * scaleOf(output))),
  };
}

/** Call only on an op whose `check` found nothing. */
export function additionParameters(op: Addition, graph: Graph): AdditionParameters {
  const [a, b, output] = operandsOf(op, graph);
  const dtype = output.dtype as AdditionParameters['dtype'];
  const loops = broadcastLoops(a.shape, b.shape);
  const { activation } = op.attributes;
  if (dtype === 'float32') return { dtype, loops, activation: calculateActivationRange(activation) };
  const type = typeRange(dtype);
  if (dtype === 'int32') {
    const { min, max } = calculateActivationRange(op.type === 'SUB' ? activation : 'NONE');
    return { dtype, loops, activation: { min: Math.max(min, type.min), max: Math.min(max, type.max) } };
  }
  const real = realMultipliers(op, graph);
  return {
    dtype,
    loops,
    activation: calculateActivationRangeQuantized(activation, scaleOf(output), zeroPointOf(output), type),
    quantized: {
      leftShift: real.leftShift,
      a: { offset: 0 - zeroPointOf(a), ...quantizeMultiplier(real.a) },
      b: { offset: 0 - zeroPointOf(b), ...quantizeMultiplier(real.b) },
      output: { offset: zeroPointOf(output), ...quantizeMultiplier(real.output) },
    },
  };
}

function operandsOf(op: Addition, graph: Graph): [a: Tensor, b: Tensor, output: Tensor] {
  const any = op as Op;
  return [inputTensor(graph, any, 0), inputTensor(graph, any, 1), outputTensor(graph, any)];
}

function checkAddition(op: Addition, graph: Graph): OpProblem[] {
  const missing = operandProblems(op as Op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [a, b, output] = operandsOf(op, graph);
  const problems = [...dtypeProblems(supports, [a, b], output), ...broadcastProblems(a, b, output)];
  if (problems.some((p) => p.code === 'op-dtypes')) return problems;
  if (output.dtype === 'int8' || output.dtype === 'int16') {
    const quantization = [
      ...quantizationProblems('input', a),
      ...quantizationProblems('input', b),
      ...quantizationProblems('output', output),
    ];
    problems.push(...quantization);
    if (quantization.length > 0) return problems;
    const real = realMultipliers(op, graph);
    if (!(real.output < 1 && quantizeMultiplier(real.output).shift <= 0)) {
      const message = `has an output scale too fine for its inputs: the output multiplier is ${real.output}, not below 1`;
      problems.push({ code: 'quantization', message, hint: quantizeAgain });
    }
  } else if (
    output.dtype === 'int32' &&
    [a, b].some((t) => t.quantization && t.quantization.scale.length > 0)
  ) {
    const message = 'has quantized int32 values; TFLM computes only with plain ones';
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return [...problems, ...activationProblems(op.attributes.activation, output)];
}

type Values = Int8Array | Int16Array | Int32Array | Float32Array;

/** @param sign of b: 1 for ADD, −1 for SUB */
function steps(p: AdditionParameters, a: Values, b: Values, output: Values, sign: 1 | -1): Step {
  const { min, max } = p.activation;
  const { run, a: startsA, b: startsB } = broadcastRuns(p.loops);
  const { count, a: stepA, b: stepB } = run;
  if (p.dtype === 'int32') {
    return () => {
      for (let r = 0, o = 0; r < startsA.length; r++) {
        for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
          output[o++] = clamp((a[ia]! + sign * b[ib]!) | 0, min, max);
        }
      }
    };
  }
  if (!p.quantized) {
    return () => {
      for (let r = 0, o = 0; r < startsA.length; r++) {
        for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
          output[o++] = activationFunctionWithMinMax(Math.fround(a[ia]! + sign * b[ib]!), min, max);
        }
      }
    };
  }
  const { leftShift, a: termA, b: termB, output: out } = p.quantized;
  const scaled = (term: AdditionTerm, q: number) =>
    multiplyByQuantizedMultiplier((q + term.offset) << leftShift, term.multiplier, term.shift);
  const finish = (sum: number) =>
    clamp(multiplyByQuantizedMultiplier(sum | 0, out.multiplier, out.shift) + out.offset, min, max);
  if (p.dtype === 'int16') {
    return () => {
      for (let r = 0, o = 0; r < startsA.length; r++) {
        for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
          output[o++] = finish(scaled(termA, a[ia]!) + sign * scaled(termB, b[ib]!));
        }
      }
    };
  }
  // Of an int8 term there are only 256.
  const tableA = Int32Array.from({ length: 256 }, (_, i) => scaled(termA, i - 128));
  const tableB = Int32Array.from({ length: 256 }, (_, i) => sign * scaled(termB, i - 128));
  return () => {
    for (let r = 0, o = 0; r < startsA.length; r++) {
      for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
        output[o++] = finish(tableA[a[ia]! + 128]! + tableB[b[ib]! + 128]!);
      }
    }
  };
}

/** ADD or SUB. */
export function addition<T extends 'ADD' | 'SUB'>(type: T, sign: 1 | -1): OpDefinition<T> {
  return {
    type,
    supports: supports,
    check: (op, graph) => checkAddition(op as Addition, graph),
    infer(op, graph) {
      return [broadcastShape(inputTensor(graph, op, 0).shape, inputTensor(graph, op, 1).shape)!];
    },
    macs: () => 0,
    simulate(op, graph, memory) {
      const [a, b] = [memory[op.inputs[0]!] as Values, memory[op.inputs[1]!] as Values];
      const p = additionParameters(op as Addition, graph);
      return steps(p, a, b, memory[op.outputs[0]!] as Values, sign);
    },
  };
}
