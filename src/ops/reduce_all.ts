/** REDUCE_ALL over any axes: whether all are true. */
import { extremum } from './extremum.js';
import type { ReductionAttributes } from './reduction.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    REDUCE_ALL: ReductionAttributes;
  }
}

const { definition, parameters } = extremum({
  type: 'REDUCE_ALL',
  dtypes: ['bool'],
  initial: () => 1,
  beyond: (value, current) => value < current,
});

export { definition as reduceAll, parameters as reduceAllParameters };
