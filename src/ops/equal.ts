/** EQUAL with broadcasting; int8 values are equal when they round to the same. */
import { comparison } from './comparison.js';

const { definition, parameters } = comparison(
  'EQUAL',
  ['int8', 'int32', 'int64', 'float32', 'bool'],
  (a, b) => a === b,
);

export { definition as equal, parameters as equalParameters };
