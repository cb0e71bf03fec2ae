/** How COS becomes C. */
import { cosParameters } from '../../src/ops/cos.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const cos = elementwiseEmitter('COS', cosParameters, {
  float32: { name: 'cos_f32', file: 'sin_f32' },
});
