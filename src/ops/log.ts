/** LOG, to the base e. TFLM: kernels/elementwise.cc. */
import { logFloat32 } from '../numerics/log_float32.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOG: LogAttributes;
  }
}

export const { definition: log, parameters: logParameters } = elementwise({
  type: 'LOG',
  float32: () => logFloat32,
});
