/**
 * SOFTMAX along the last axis. TFLM: kernels/softmax_common.cc, reference/softmax.h. Three algorithms: int8 input by
 * gemmlowp's exp in Q5.26, int16 by interpolated tables, float32.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import { float32Max } from '../numerics/activation_range.js';
import { expFloat32 } from '../numerics/exp_float32.js';
import {
  multiplyByQuantizedMultiplier,
  roundingDivideByPOT,
  saturatingRoundingDoublingHighMul,
} from '../numerics/fixed_point.js';
import { expOnNegativeValues, oneOverOnePlusXForXIn01 } from '../numerics/gemmlowp.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import {
  dtypeProblems,
  exportAgain,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  shapeProblems,
} from './checks.js';
import { lutLookup, lutPopulateInt16 } from './lut_int16.js';
import type { DTypeCombination, OpDefinition, OpProblem, Step } from './op.js';

export interface SoftmaxAttributes {
  readonly beta: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SOFTMAX: SoftmaxAttributes;
  }
}

interface Rows {
  readonly rows: number;
  readonly depth: number;
}

export interface SoftmaxInt8Parameters extends Rows {
  readonly input: 'int8';
  readonly output: 'int8' | 'int16';
  /**
   * exp(−d · scale · beta) in Q0.31 for d = max − q. Shorter than 256 when the rest counts for nothing: neither its
   * Q12.19 term of the sum nor its output differs from 0.
   */
  readonly exp: Int32Array;
}

export interface SoftmaxInt16Parameters extends Rows, QuantizedMultiplier {
  readonly input: 'int16';
  /** exp over [−10, 0] and 1 / (1 + x) over [0, 1], Q0.15. */
  readonly expLut: Int16Array;
  readonly reciprocalLut: Int16Array;
}

export interface SoftmaxFloat32Parameters extends Rows {
  readonly input: 'float32';
  readonly beta: number;
}

export type SoftmaxParameters = SoftmaxInt8Parameters | SoftmaxInt16Parameters | SoftmaxFloat32Parameters;

const supports: readonly DTypeCombination[] = [
  { input: 'int8', output: 'int8' },
  { input: 'int8', output: 'int16' },
  { input: 'int16', output: 'int16' },
  { input: 'float32', output: 'float32' },
];

/** Integer bits of the scaled difference and of the sum of exponentials (reference/softmax.h). */
const scaledDiffIntegerBits = 5;
const accumulationIntegerBits = 12;

/** int8: to Q5.26, at most 2^31 − 1 (PreprocessSoftmaxScaling). int16: −65535 … 0 stands for −10 … 0. */
function realMultiplier(input: Tensor, beta: number): number {
  return input.dtype === 'int8'
    ? Math.min(beta * scaleOf(input) * 2 ** (31 - scaledDiffIntegerBits), 2 ** 31 - 1)
    : (scaleOf(input) * beta) / (10 / 65535);
}

function expTable({ multiplier, shift }: QuantizedMultiplier): Int32Array {
  const diffMin = -Math.floor((31 * 2 ** 26) / 2 ** shift);
  const table: number[] = [];
  for (let d = 0; d < 256 && -d >= diffMin; d++) {
    const scaled = saturatingRoundingDoublingHighMul((-d << shift) | 0, multiplier);
    const exp = expOnNegativeValues(scaled, scaledDiffIntegerBits);
    // As a Q12.19 number it is 0, and times a scale below 1 it is far below half of the output's least step.
    if (roundingDivideByPOT(exp, accumulationIntegerBits) === 0) break;
    table.push(exp);
  }
  return Int32Array.from(table);
}

/** Call only on an op whose `check` found nothing. */
export function softmaxParameters(op: Op<'SOFTMAX'>, graph: Graph): SoftmaxParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const depth = input.shape.at(-1)!;
  const rows = input.shape.slice(0, -1).reduce((n, d) => n * d, 1);
  const beta = Math.fround(op.attributes.beta);
  if (input.dtype === 'float32') return { input: 'float32', rows, depth, beta };
  const multiplier = quantizeMultiplier(realMultiplier(input, beta));
  if (input.dtype === 'int8') {
    return {
      input: 'int8',
      output: output.dtype as 'int8' | 'int16',
      rows,
      depth,
      exp: expTable(multiplier),
    };
  }
  const f = Math.fround;
  return {
    input: 'int16',
    rows,
    depth,
    ...multiplier,
    expLut: lutPopulateInt16(f(10 / 65535), 32767, f(2 / 65535), 0, expFloat32),
    reciprocalLut: lutPopulateInt16(f(1 / 65535), -32768, f(2 / 65535), 0, (x) => f(1 / f(1 + x))),
  };
}

/** What TFLM demands of the output, by input and output dtype. */
function outputProblems(input: Tensor, output: Tensor): OpProblem[] {
  const [scale, zeroPoint, tolerance] =
    input.dtype === 'int16'
      ? [1 / 32768, 0, 0.001]
      : output.dtype === 'int16'
        ? [1 / 65536, -32768, 0.001]
        : [1 / 256, -128, 0];
  const off = Math.abs(scaleOf(output) - scale) > scale * tolerance;
  if (!off && zeroPointOf(output) === zeroPoint) return [];
  const message =
    `has an ${output.dtype} output of scale ${scaleOf(output)} and zero point ${zeroPointOf(output)}, ` +
    `where ${input.dtype} to ${output.dtype} needs ${scale} and ${zeroPoint}`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}

function check(op: Op<'SOFTMAX'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...shapeProblems(input.shape, output)];
  const depth = input.shape.at(-1);
  // The sum of exponentials is Q12.19 for int8 input and Q16.15 for int16.
  const deepest = input.dtype === 'int8' ? 4095 : 65536;
  if (depth === undefined) {
    problems.push({
      code: 'op-shape',
      message: 'takes an input of rank 1 or more, has a scalar',
      hint: exportAgain,
    });
  } else if (input.dtype !== 'float32' && depth > deepest) {
    const message = `sums ${depth} exponentials in ${input.dtype}, more than the ${deepest} that its accumulator holds`;
    problems.push({
      code: 'op-range',
      message,
      hint: 'Let the model end in the logits and take the softmax elsewhere.',
    });
  }
  const { beta } = op.attributes;
  if (!(beta >= 0 && Number.isFinite(beta))) {
    problems.push({ code: 'op-attribute', message: `has beta ${beta}; it is at least 0`, hint: exportAgain });
  }
  if (input.dtype === 'float32' || problems.length > 0) return problems;
  problems.push(...quantizationProblems('input', input), ...quantizationProblems('output', output));
  if (problems.length > 0) return problems;
  problems.push(...outputProblems(input, output));
  const real = realMultiplier(input, Math.fround(beta));
  if (input.dtype === 'int16') {
    if (zeroPointOf(input) !== 0) {
      const message = `has an int16 input with zero point ${zeroPointOf(input)}, not 0`;
      problems.push({ code: 'quantization', message, hint: quantizeAgain });
    }
    problems.push(...multiplierProblems(real, quantizeMultiplier(real).shift));
  } else if (!(real > 1)) {
    const message = `has an input scale · beta of ${scaleOf(input) * beta}, too fine for Q5.26`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return problems;
}

function simulateInt8(p: SoftmaxInt8Parameters, input: Int8Array, output: Int8Array | Int16Array): Step {
  const { rows, depth, exp } = p;
  const terms = exp.map((e) => roundingDivideByPOT(e, accumulationIntegerBits));
  const bits = p.output === 'int8' ? 8 : 16;
  const [min, max] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let largest = -128;
      for (let i = start; i < end; i++) largest = Math.max(largest, input[i]!);
      let sum = 0;
      for (let i = start; i < end; i++) {
        const d = largest - input[i]!;
        if (d < terms.length) sum += terms[d]!;
      }
      const headroomPlusOne = Math.clz32(sum);
      const scale = oneOverOnePlusXForXIn01(((sum << headroomPlusOne) - 0x80000000) | 0);
      // Beyond 31 TFLM aborts; whatever is shifted that far is 0.
      const exponent = accumulationIntegerBits - headroomPlusOne + 31 - bits;
      for (let i = start; i < end; i++) {
        const d = largest - input[i]!;
        const value =
          d < exp.length && exponent <= 31 ? saturatingRoundingDoublingHighMul(scale, exp[d]!) : 0;
        output[i] = Math.min(roundingDivideByPOT(value, Math.min(exponent, 31)) + min, max);
      }
    }
  };
}

function simulateInt16(p: SoftmaxInt16Parameters, input: Int16Array, output: Int16Array): Step {
  const { rows, depth, multiplier, shift, expLut, reciprocalLut } = p;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let largest = -32768;
      for (let i = start; i < end; i++) largest = Math.max(largest, input[i]!);
      let sum = 0;
      for (let i = start; i < end; i++) {
        const scaled = multiplyByQuantizedMultiplier(input[i]! - largest, multiplier, shift);
        const exp = lutLookup(clamp((scaled + 32767) | 0, -32768, 32767), expLut);
        output[i] = exp;
        sum += exp;
      }
      const headroomPlusOne = Math.clz32(sum);
      const shifted = (sum * 2 ** (headroomPlusOne - 1) + 8192) / 16384;
      const reciprocal = lutLookup(clamp(Math.floor(shifted) - 98304, -32768, 32767), reciprocalLut);
      const rightShift = 31 - headroomPlusOne;
      const round = 1 << (rightShift - 1);
      for (let i = start; i < end; i++) {
        output[i] = clamp((output[i]! * reciprocal + round) >> rightShift, 0, 32767);
      }
    }
  };
}

function simulateFloat32(p: SoftmaxFloat32Parameters, input: Float32Array, output: Float32Array): Step {
  const { rows, depth, beta } = p;
  const f = Math.fround;
  return () => {
    for (let start = 0; start < rows * depth; start += depth) {
      const end = start + depth;
      let largest = -float32Max;
      for (let i = start; i < end; i++) if (input[i]! > largest) largest = input[i]!;
      let sum = 0;
      for (let i = start; i < end; i++) {
        const exp = expFloat32(f(f(input[i]! - largest) * beta));
        output[i] = exp;
        sum = f(sum + exp);
      }
      for (let i = start; i < end; i++) output[i] = f(output[i]! / sum);
    }
  };
}

export const softmax: OpDefinition<'SOFTMAX'> = {
  type: 'SOFTMAX',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = softmaxParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
    switch (p.input) {
      case 'int8':
        return simulateInt8(p, input as Int8Array, output as Int8Array | Int16Array);
      case 'int16':
        return simulateInt16(p, input as Int16Array, output as Int16Array);
      case 'float32':
        return simulateFloat32(p, input as Float32Array, output as Float32Array);
    }
  },
};
