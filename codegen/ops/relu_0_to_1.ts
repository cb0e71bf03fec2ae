/** How RELU_0_TO_1 becomes C. */
import { relu0To1Bounds, relu0To1Parameters } from '../../src/ops/relu_0_to_1.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';
import { floatLiteral } from '../literals.js';

export const relu0To1 = elementwiseEmitter('RELU_0_TO_1', relu0To1Parameters, {
  float32: {
    name: 'clamp_f32',
    file: 'clamp',
    arguments: () => [relu0To1Bounds.min, relu0To1Bounds.max].map(floatLiteral),
  },
});
