/**
 * RSQRT: 1 / √x. Quantized by TFLite's inverse square root in fixed point, where 0 gives the largest value. TFLM
 * stops at values below 0; here they give the largest, too. TFLM: kernels/elementwise.cc.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { getInvSqrtQuantizedMultiplier } from '../numerics/gemmlowp.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { sqrtFloat32 } from '../numerics/sqrt_float32.js';
import { quantizeAgain, zeroPointProblems } from './checks.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type RsqrtAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    RSQRT: RsqrtAttributes;
  }
}

const f = Math.fround;

/** Fractional bits of the inverse square root of an integer (kShift). */
export const rsqrtFractionalBits = 20;

/** 1 / (√(input scale) · output scale), the product in float32. */
function realMultiplier(op: Op<'RSQRT'>, graph: Graph): number {
  const root = sqrtFloat32(scaleOf(inputTensor(graph, op)));
  return 1 / f(root * scaleOf(outputTensor(graph, op)));
}

/** @param value above its zero point */
function rsqrtValue({ multiplier, shift }: QuantizedMultiplier, value: number): number {
  const inverse = getInvSqrtQuantizedMultiplier(value);
  const root = multiplyByQuantizedMultiplier(1, inverse.multiplier, inverse.shift + rsqrtFractionalBits);
  return multiplyByQuantizedMultiplier(root, multiplier, shift - rsqrtFractionalBits);
}

export const { definition: rsqrt, parameters: rsqrtParameters } = elementwise<'RSQRT', QuantizedMultiplier>({
  type: 'RSQRT',
  check(op, graph, dtype) {
    if (dtype === 'float32') return [];
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const real = realMultiplier(op, graph);
    const { shift } = quantizeMultiplier(real);
    const problems =
      dtype === 'int16' ? [...zeroPointProblems('input', input), ...zeroPointProblems('output', output)] : [];
    // Both sides of the shift by 20 bits have to fit 31.
    if (Number.isFinite(real) && shift <= 30 && shift >= rsqrtFractionalBits - 31) return problems;
    const message = `scales by ${real}, beyond what its fixed point holds`;
    return [...problems, { code: 'quantization', message, hint: quantizeAgain }];
  },
  int8(op, graph) {
    const by = quantizeMultiplier(realMultiplier(op, graph));
    const [from, to] = [zeroPointOf(inputTensor(graph, op)), zeroPointOf(outputTensor(graph, op))];
    return (q) => (q <= from ? 127 : clamp((rsqrtValue(by, q - from) + to) | 0, -128, 127));
  },
  int16: {
    parameters: (op, graph) => quantizeMultiplier(realMultiplier(op, graph)),
    value: (by, q) => (q <= 0 ? 32767 : clamp(rsqrtValue(by, q), -32768, 32767)),
  },
  float32: () => (x) => f(1 / sqrtFloat32(x)),
});
