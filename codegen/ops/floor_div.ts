/** How FLOOR_DIV becomes C. */
import { floorDivParameters } from '../../src/ops/floor_div.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const floorDiv = binaryEmitter('FLOOR_DIV', floorDivParameters, {
  sources: ['portable/floor_div_f32.c'],
  value: (_p, { a, b, at }) => `${at.kernel('crimp_floor_div_f32')}(${a}, ${b})`,
});
