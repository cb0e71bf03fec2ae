/** SQRT, correctly rounded; NaN below 0. TFLM: kernels/elementwise.cc. */
import { sqrtFloat32 } from '../numerics/sqrt_float32.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SqrtAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SQRT: SqrtAttributes;
  }
}

export const { definition: sqrt, parameters: sqrtParameters } = elementwise({
  type: 'SQRT',
  float32: () => sqrtFloat32,
});
