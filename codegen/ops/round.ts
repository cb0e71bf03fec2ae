/** How ROUND becomes C. */
import { roundParameters } from '../../src/ops/round.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const round = elementwiseEmitter('ROUND', roundParameters, {
  float32: { name: 'round_f32' },
});
