/** How ABS becomes C. */
import { absParameters } from '../../src/ops/abs.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';

export const abs = elementwiseEmitter('ABS', absParameters, {
  float32: { name: 'abs_f32', file: 'arithmetic_f32' },
  int16: { name: 'abs_s16', arguments: ({ multiplier, shift }) => [`${multiplier}`, `${shift}`] },
});
