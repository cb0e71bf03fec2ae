/** How NEG becomes C. */
import { negParameters } from '../../src/ops/neg.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const neg = elementwiseEmitter('NEG', negParameters, {
  float32: { name: 'neg_f32', file: 'arithmetic_f32' },
});
