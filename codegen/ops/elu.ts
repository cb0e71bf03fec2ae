/** How ELU becomes C. */
import { eluParameters } from '../../src/ops/elu.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const elu = elementwiseEmitter('ELU', eluParameters, {
  float32: { name: 'elu_f32' },
});
