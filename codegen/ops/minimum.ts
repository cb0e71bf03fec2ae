/** How MINIMUM becomes C. */
import { minimumParameters } from '../../src/ops/minimum.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const minimum = binaryEmitter('MINIMUM', minimumParameters, {
  value: (_p, { a, b }) => `${a} < ${b} ? ${a} : ${b}`,
});
