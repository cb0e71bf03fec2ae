/** GREATER_EQUAL with broadcasting; int8 values are compared after rounding, int16 as they stand. */
import { comparison } from './comparison.js';

const { definition, parameters } = comparison(
  'GREATER_EQUAL',
  ['int8', 'int16', 'int32', 'int64', 'float32'],
  (a, b) => a >= b,
);

export { definition as greaterEqual, parameters as greaterEqualParameters };
