/**
 * ABS. Quantized values are rescaled to the output, by the quotient of the scales in float32; int16 has no zero points.
 * TFLM: kernels/elementwise.cc.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { multiplierProblems, zeroPointProblems } from './checks.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type AbsAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ABS: AbsAttributes;
  }
}

function realMultiplier(op: Op<'ABS'>, graph: Graph): number {
  return Math.fround(scaleOf(inputTensor(graph, op)) / scaleOf(outputTensor(graph, op)));
}

/** Where the scales are equal TFLM does not rescale; multiplying by 1 is exact. */
function rescaling(op: Op<'ABS'>, graph: Graph): QuantizedMultiplier {
  return quantizeMultiplier(realMultiplier(op, graph));
}

function scaled({ multiplier, shift }: QuantizedMultiplier, value: number): number {
  return multiplyByQuantizedMultiplier(value, multiplier, shift);
}

export const { definition: abs, parameters: absParameters } = elementwise<'ABS', QuantizedMultiplier>({
  type: 'ABS',
  check(op, graph, dtype) {
    if (dtype === 'float32') return [];
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const real = realMultiplier(op, graph);
    return [
      ...(dtype === 'int16'
        ? [...zeroPointProblems('input', input), ...zeroPointProblems('output', output)]
        : []),
      ...multiplierProblems(real, quantizeMultiplier(real).shift),
    ];
  },
  int8(op, graph) {
    const by = rescaling(op, graph);
    const [from, to] = [zeroPointOf(inputTensor(graph, op)), zeroPointOf(outputTensor(graph, op))];
    return (q) => clamp((scaled(by, Math.abs(q - from)) + to) | 0, -128, 127);
  },
  int16: {
    parameters: rescaling,
    value: (by, q) => clamp(scaled(by, Math.abs(q)), -32768, 32767),
  },
  float32: () => Math.abs,
});
