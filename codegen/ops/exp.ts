/** How EXP becomes C. */
import { expParameters } from '../../src/ops/exp.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const exp = elementwiseEmitter('EXP', expParameters, {
  float32: { name: 'exp_f32' },
});
