/** NOT_EQUAL with broadcasting; int8 values differ when they round to different ones. */
import { comparison } from './comparison.js';

const { definition, parameters } = comparison(
  'NOT_EQUAL',
  ['int8', 'int32', 'int64', 'float32', 'bool'],
  (a, b) => a !== b,
);

export { definition as notEqual, parameters as notEqualParameters };
