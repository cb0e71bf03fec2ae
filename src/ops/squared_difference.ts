/**
 * SQUARED_DIFFERENCE with broadcasting: (a − b)². Quantized: both inputs are scaled to a common scale (left shift of 7
 * bits, none for int16), subtracted, squared and scaled to the output. int32 are plain integers and wrap. TFLM:
 * kernels/squared_difference.cc.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import type { AdditionTerm } from './addition.js';
import { binary } from './binary.js';
import { multiplierProblems, quantizationProblems, typeRange, zeroPointProblems } from './checks.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SquaredDifferenceAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SQUARED_DIFFERENCE: SquaredDifferenceAttributes;
  }
}

/** int8 and int16 only. */
export interface DifferenceScaling {
  readonly leftShift: number;
  readonly a: AdditionTerm;
  readonly b: AdditionTerm;
  readonly output: QuantizedMultiplier & { readonly offset: number };
  readonly range: Range;
}

function operandsOf(op: Op<'SQUARED_DIFFERENCE'>, graph: Graph) {
  return [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)] as const;
}

function isQuantized(op: Op<'SQUARED_DIFFERENCE'>, graph: Graph): boolean {
  return ['int8', 'int16'].includes(inputTensor(graph, op).dtype);
}

/** All in double, but for the product of the output's scale and a power of two, which is exact. */
function realMultipliers(op: Op<'SQUARED_DIFFERENCE'>, graph: Graph) {
  const [a, b, output] = operandsOf(op, graph);
  const leftShift = a.dtype === 'int8' ? 7 : 0;
  const twiceMax = 2 * Math.max(scaleOf(a), scaleOf(b));
  return {
    leftShift,
    a: scaleOf(a) / twiceMax,
    b: scaleOf(b) / twiceMax,
    output: (twiceMax * twiceMax) / (2 ** (2 * leftShift) * scaleOf(output)),
  };
}

const { definition, parameters } = binary<'SQUARED_DIFFERENCE', DifferenceScaling>({
  type: 'SQUARED_DIFFERENCE',
  supports: sameDType('int8', 'int16', 'int32', 'float32'),
  check(op, graph) {
    if (!isQuantized(op, graph)) return [];
    const [a, b, output] = operandsOf(op, graph);
    const operands = [['input', a] as const, ['input', b] as const, ['output', output] as const];
    const problems = operands.flatMap(([what, t]) => quantizationProblems(what, t));
    if (problems.length > 0) return problems;
    const real = realMultipliers(op, graph).output;
    return [
      ...(a.dtype === 'int16' ? operands.flatMap(([what, t]) => zeroPointProblems(what, t)) : []),
      ...multiplierProblems(real, quantizeMultiplier(real).shift),
    ];
  },
  quantized(op, graph) {
    if (!isQuantized(op, graph)) return undefined;
    const [a, b, output] = operandsOf(op, graph);
    const real = realMultipliers(op, graph);
    return {
      leftShift: real.leftShift,
      a: { offset: 0 - zeroPointOf(a), ...quantizeMultiplier(real.a) },
      b: { offset: 0 - zeroPointOf(b), ...quantizeMultiplier(real.b) },
      output: { offset: zeroPointOf(output), ...quantizeMultiplier(real.output) },
      range: typeRange(a.dtype),
    };
  },
  value(_op, { input, quantized }) {
    if (input === 'int32') {
      return (a, b) => {
        const difference = (a - b) | 0;
        return Math.imul(difference, difference);
      };
    }
    if (!quantized) {
      return (a, b) => {
        const difference = Math.fround(a - b);
        return Math.fround(difference * difference);
      };
    }
    const { leftShift, a: termA, b: termB, output, range } = quantized;
    const scaled = (term: AdditionTerm, q: number) =>
      multiplyByQuantizedMultiplier((q + term.offset) * 2 ** leftShift, term.multiplier, term.shift);
    return (a, b) => {
      const difference = scaled(termA, a) - scaled(termB, b);
      const square = Math.imul(difference, difference);
      const value = multiplyByQuantizedMultiplier(square, output.multiplier, output.shift);
      return clamp((value + output.offset) | 0, range.min, range.max);
    };
  },
});

export { definition as squaredDifference, parameters as squaredDifferenceParameters };
