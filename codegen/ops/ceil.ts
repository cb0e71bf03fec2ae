/** How CEIL becomes C. */
import { ceilParameters } from '../../src/ops/ceil.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const ceil = elementwiseEmitter('CEIL', ceilParameters, {
  float32: { name: 'ceil_f32', file: 'round_f32' },
});
