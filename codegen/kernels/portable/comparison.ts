/** The portable kernel of comparisons: a loop over all pairs; int8 are scaled by comparison.c. */
import type { Graph, Op } from '../../../src/graph/graph.js';
import type {
  ComparisonParameters,
  ComparisonSide,
  ComparisonSides,
  ComparisonType,
} from '../../../src/ops/comparison.js';
import type { Addresses, OpEmitter } from '../../layer.js';
import { binaryEmitter } from './binary.js';

/** @param sign of the comparison in C */
export function comparisonEmitter<T extends ComparisonType>(
  type: T,
  parameters: (op: Op<T>, graph: Graph) => ComparisonParameters,
  sign: string,
): OpEmitter<T> {
  const scaled = (value: string, { offset, multiplier, shift }: ComparisonSide, at: Addresses) =>
    `${at.kernel('crimp_comparable')}(${value}, ${offset}, ${multiplier}, ${shift})`;
  return binaryEmitter<T, ComparisonSides>(type, parameters, {
    sources: ['portable/comparison.c'],
    value({ quantized }, { a, b, at }) {
      return quantized
        ? `${scaled(a, quantized.a, at)} ${sign} ${scaled(b, quantized.b, at)}`
        : `${a} ${sign} ${b}`;
    },
  });
}
