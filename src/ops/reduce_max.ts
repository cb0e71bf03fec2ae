/** REDUCE_MAX over any axes: the largest value, of reals none below the least finite one. */
import { float32Max } from '../numerics/activation_range.js';
import { extremum } from './extremum.js';
import type { ReductionAttributes } from './reduction.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    REDUCE_MAX: ReductionAttributes;
  }
}

const { definition, parameters } = extremum({
  type: 'REDUCE_MAX',
  dtypes: ['int8', 'float32'],
  initial: (dtype) => (dtype === 'int8' ? -128 : -float32Max),
  beyond: (value, current) => value > current,
});

export { definition as reduceMax, parameters as reduceMaxParameters };
