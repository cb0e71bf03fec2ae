/** SIN, of radians. TFLM: kernels/elementwise.cc. */
import { sinFloat32 } from '../numerics/sin_float32.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SinAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SIN: SinAttributes;
  }
}

export const { definition: sin, parameters: sinParameters } = elementwise({
  type: 'SIN',
  float32: () => sinFloat32,
});
