/** EXP. TFLM: kernels/exp.cc, reference/exp.h. */
import { expFloat32 } from '../numerics/exp_float32.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ExpAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    EXP: ExpAttributes;
  }
}

export const { definition: exp, parameters: expParameters } = elementwise({
  type: 'EXP',
  float32: () => expFloat32,
});
