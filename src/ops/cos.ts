/** COS, of radians. TFLM: kernels/elementwise.cc. */
import { cosFloat32 } from '../numerics/sin_float32.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type CosAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    COS: CosAttributes;
  }
}

export const { definition: cos, parameters: cosParameters } = elementwise({
  type: 'COS',
  float32: () => cosFloat32,
});
