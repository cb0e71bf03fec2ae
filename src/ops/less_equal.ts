/** LESS_EQUAL with broadcasting; int8 values are compared after rounding. */
import { comparison } from './comparison.js';

const { definition, parameters } = comparison(
  'LESS_EQUAL',
  ['int8', 'int32', 'int64', 'float32'],
  (a, b) => a <= b,
);

export { definition as lessEqual, parameters as lessEqualParameters };
