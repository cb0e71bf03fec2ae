/** How SQUARE becomes C. */
import { squareParameters } from '../../src/ops/square.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const square = elementwiseEmitter('SQUARE', squareParameters, {
  float32: { name: 'square_f32', file: 'arithmetic_f32' },
});
