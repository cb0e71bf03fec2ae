/** MEAN over any axes: summation.ts. */
import type { ReductionAttributes } from './reduction.js';
import { summation } from './summation.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    MEAN: ReductionAttributes;
  }
}

export const mean = summation('MEAN');
