/** How HARD_SWISH becomes C. */
import { hardSwishParameters } from '../../src/ops/hard_swish.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const hardSwish = elementwiseEmitter('HARD_SWISH', hardSwishParameters, {
  float32: { name: 'hard_swish_f32' },
});
