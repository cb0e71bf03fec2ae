/** How FLOOR_MOD becomes C. */
import { floorModParameters } from '../../src/ops/floor_mod.js';
import { binaryEmitter } from '../kernels/portable/binary.js';

export const floorMod = binaryEmitter('FLOOR_MOD', floorModParameters, {
  sources: ['portable/floor_mod_f32.c'],
  value: (_p, { a, b, at }) => `${at.kernel('crimp_floor_mod_f32')}(${a}, ${b})`,
});
