/** How LOGICAL_AND becomes C. */
import { logicalAndParameters } from '../../src/ops/logical_and.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const logicalAnd = binaryEmitter('LOGICAL_AND', logicalAndParameters, {
  value: (_p, { a, b }) => `${a} != 0 && ${b} != 0`,
});
