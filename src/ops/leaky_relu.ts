/**
 * LEAKY_RELU: x, below 0 times alpha. Quantized values are rescaled by one of two multipliers, both formed in float32.
 * TFLM: kernels/leaky_relu_common.cc, reference/leaky_relu.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { exportAgain, multiplierProblems } from './checks.js';
import { elementwise } from './elementwise.js';

export interface LeakyReluAttributes {
  readonly alpha: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    LEAKY_RELU: LeakyReluAttributes;
  }
}

/** q' = (q − inputZeroPoint) rescaled by one of the two + outputZeroPoint. */
export interface LeakyReluRescaling {
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  readonly identity: QuantizedMultiplier;
  /** By |alpha|. */
  readonly alpha: QuantizedMultiplier;
  /** alpha is below 0: the rounded product changes its sign. */
  readonly negated: boolean;
}

const f = Math.fround;

/** Input scale / output scale, without and with alpha. */
function realMultipliers(op: Op<'LEAKY_RELU'>, graph: Graph): { identity: number; alpha: number } {
  const [input, output] = [scaleOf(inputTensor(graph, op)), scaleOf(outputTensor(graph, op))];
  return { identity: f(input / output), alpha: f(f(input * f(op.attributes.alpha)) / output) };
}

function rescaling(op: Op<'LEAKY_RELU'>, graph: Graph): LeakyReluRescaling {
  const { identity, alpha } = realMultipliers(op, graph);
  return {
    inputZeroPoint: zeroPointOf(inputTensor(graph, op)),
    outputZeroPoint: zeroPointOf(outputTensor(graph, op)),
    identity: quantizeMultiplier(identity),
    alpha: quantizeMultiplier(Math.abs(alpha)),
    negated: alpha < 0,
  };
}

function rescaled(p: LeakyReluRescaling, q: number): number {
  const x = q - p.inputZeroPoint;
  if (x >= 0) {
    return (
      (multiplyByQuantizedMultiplier(x, p.identity.multiplier, p.identity.shift) + p.outputZeroPoint) | 0
    );
  }
  const y = multiplyByQuantizedMultiplier(x, p.alpha.multiplier, p.alpha.shift);
  return ((p.negated ? -y : y) + p.outputZeroPoint) | 0;
}

export const { definition: leakyRelu, parameters: leakyReluParameters } = elementwise<
  'LEAKY_RELU',
  LeakyReluRescaling
>({
  type: 'LEAKY_RELU',
  check(op, graph, dtype) {
    const { alpha } = op.attributes;
    if (!Number.isFinite(alpha)) {
      return [{ code: 'op-attribute', message: `has the alpha ${alpha}`, hint: exportAgain }];
    }
    if (dtype === 'float32') return [];
    return Object.values(realMultipliers(op, graph)).flatMap((real) =>
      multiplierProblems(real, quantizeMultiplier(Math.abs(real)).shift),
    );
  },
  int8(op, graph) {
    const p = rescaling(op, graph);
    return (q) => clamp(rescaled(p, q), -128, 127);
  },
  int16: { parameters: rescaling, value: (p, q) => clamp(rescaled(p, q), -32768, 32767) },
  float32(op) {
    const alpha = f(op.attributes.alpha);
    return (x) => (x > 0 ? x : f(x * alpha));
  },
});
