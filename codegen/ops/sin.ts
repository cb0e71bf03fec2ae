/** How SIN becomes C. */
import { sinParameters } from '../../src/ops/sin.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const sin = elementwiseEmitter('SIN', sinParameters, {
  float32: { name: 'sin_f32' },
});
