/** How TANH becomes C. */
import { tanhParameters } from '../../src/ops/tanh.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';
import { sigmoidInt16 } from '../kernels/portable/sigmoid.js';

export const tanh = elementwiseEmitter('TANH', tanhParameters, {
  float32: { name: 'tanh_f32', file: 'expm1_f32' },
  int16: sigmoidInt16('tanh_s16'),
});
