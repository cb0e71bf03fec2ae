/** SUM over any axes: summation.ts. */
import type { ReductionAttributes } from './reduction.js';
import { summation } from './summation.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    SUM: ReductionAttributes;
  }
}

export const sum = summation('SUM');
