/**
 * What the six comparisons share. int8 values are compared by what they stand for, each scaled by its own scale and
 * rounded to a 256th, so that neighbors may be equal; all others as they stand. TFLM: kernels/comparisons.cc,
 * reference/comparisons.h.
 */
import { inputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { DType, Graph, Op, Tensor } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { type Binary, type BinaryParameters, binary } from './binary.js';
import { quantizationProblems, quantizeAgain } from './checks.js';
import type { OpProblem } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: operators without attributes.
export type ComparisonAttributes = {};

export type ComparisonType = 'EQUAL' | 'NOT_EQUAL' | 'GREATER' | 'GREATER_EQUAL' | 'LESS' | 'LESS_EQUAL';

declare module '../graph/graph.js' {
  interface OpAttributes extends Record<ComparisonType, ComparisonAttributes> {}
}

/** One side: (q + offset) · 256 · multiplier · 2^(shift − 31), shift ≤ 0. */
export interface ComparisonSide extends QuantizedMultiplier {
  readonly offset: number;
}

/** int8 only. */
export interface ComparisonSides {
  readonly a: ComparisonSide;
  readonly b: ComparisonSide;
}

export type ComparisonParameters = BinaryParameters<ComparisonSides>;

function sideOf(tensor: Tensor): ComparisonSide {
  return { offset: 0 - zeroPointOf(tensor), ...quantizeMultiplier(scaleOf(tensor)) };
}

/** The multiplier is below 1. */
function scaleProblems(tensor: Tensor): OpProblem[] {
  const problems = quantizationProblems('input', tensor);
  if (problems.length > 0 || scaleOf(tensor) < 1) return problems;
  const message = `compares "${tensor.name}" of scale ${scaleOf(tensor)}; TFLM takes scales below 1`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}

/** All results of scaling an int8, by the value's place after −128. */
function tableOf({ offset, multiplier, shift }: ComparisonSide): Int32Array {
  return Int32Array.from({ length: 256 }, (_, i) =>
    multiplyByQuantizedMultiplier((i - 128 + offset) * 256, multiplier, shift),
  );
}

export function comparison<T extends ComparisonType>(
  type: T,
  dtypes: readonly DType[],
  holds: (a: number, b: number) => boolean,
): Binary<T, ComparisonSides> {
  const isInt8 = (op: Op<T>, graph: Graph) => inputTensor(graph, op).dtype === 'int8';
  const sides = (op: Op<T>, graph: Graph) => [inputTensor(graph, op), inputTensor(graph, op, 1)] as const;
  return binary<T, ComparisonSides>({
    type,
    supports: dtypes.map((input) => ({ input, output: 'bool' })),
    check: (op, graph) => (isInt8(op, graph) ? sides(op, graph).flatMap(scaleProblems) : []),
    quantized(op, graph) {
      if (!isInt8(op, graph)) return undefined;
      const [a, b] = sides(op, graph);
      return { a: sideOf(a), b: sideOf(b) };
    },
    value(_op, { quantized }) {
      if (!quantized) return (a, b) => (holds(a, b) ? 1 : 0);
      const [ofA, ofB] = [tableOf(quantized.a), tableOf(quantized.b)];
      return (a, b) => (holds(ofA[a + 128]!, ofB[b + 128]!) ? 1 : 0);
    },
  });
}
