/** How RSQRT becomes C. */
import { rsqrtParameters } from '../../src/ops/rsqrt.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const rsqrt = elementwiseEmitter('RSQRT', rsqrtParameters, {
  float32: { name: 'rsqrt_f32', file: 'sqrt_f32' },
  int16: { name: 'rsqrt_s16', arguments: ({ multiplier, shift }) => [`${multiplier}`, `${shift}`] },
});
