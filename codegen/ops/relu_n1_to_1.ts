/** How RELU_N1_TO_1 becomes C. */
import { reluN1To1Bounds, reluN1To1Parameters } from '../../src/ops/relu_n1_to_1.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';
import { floatLiteral } from '../literals.js';

export const reluN1To1 = elementwiseEmitter('RELU_N1_TO_1', reluN1To1Parameters, {
  float32: {
    name: 'clamp_f32',
    file: 'clamp',
    arguments: () => [reluN1To1Bounds.min, reluN1To1Bounds.max].map(floatLiteral),
  },
});
