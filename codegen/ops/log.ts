/** How LOG becomes C. */
import { logParameters } from '../../src/ops/log.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const log = elementwiseEmitter('LOG', logParameters, {
  float32: { name: 'log_f32' },
});
