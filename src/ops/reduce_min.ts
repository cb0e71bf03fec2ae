/** REDUCE_MIN over any axes: the smallest value, of reals none above the largest finite one. */
import { float32Max } from '../numerics/activation_range.js';
import { extremum } from './extremum.js';
import type { ReductionAttributes } from './reduction.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    REDUCE_MIN: ReductionAttributes;
  }
}

const { definition, parameters } = extremum({
  type: 'REDUCE_MIN',
  dtypes: ['int8', 'float32'],
  initial: (dtype) => (dtype === 'int8' ? 127 : float32Max),
  beyond: (value, current) => value < current,
});

export { definition as reduceMin, parameters as reduceMinParameters };
