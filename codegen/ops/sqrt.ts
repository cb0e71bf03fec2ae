/** How SQRT becomes C. */
import { sqrtParameters } from '../../src/ops/sqrt.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const sqrt = elementwiseEmitter('SQRT', sqrtParameters, {
  float32: { name: 'sqrt_f32' },
});
