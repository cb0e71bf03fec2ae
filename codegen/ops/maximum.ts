/** How MAXIMUM becomes C. */
import { maximumParameters } from '../../src/ops/maximum.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const maximum = binaryEmitter('MAXIMUM', maximumParameters, {
  value: (_p, { a, b }) => `${a} > ${b} ? ${a} : ${b}`,
});
