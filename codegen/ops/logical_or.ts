/** How LOGICAL_OR becomes C. */
import { logicalOrParameters } from '../../src/ops/logical_or.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const logicalOr = binaryEmitter('LOGICAL_OR', logicalOrParameters, {
  value: (_p, { a, b }) => `${a} != 0 || ${b} != 0`,
});
