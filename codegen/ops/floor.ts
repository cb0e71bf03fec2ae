/** How FLOOR becomes C. */
import { floorParameters } from '../../src/ops/floor.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const floor = elementwiseEmitter('FLOOR', floorParameters, {
  float32: { name: 'floor_f32', file: 'round_f32' },
});
