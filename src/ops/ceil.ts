/** CEIL: the smallest whole number not below x. TFLM: kernels/ceil.cc. */
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type CeilAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    CEIL: CeilAttributes;
  }
}

export const { definition: ceil, parameters: ceilParameters } = elementwise({
  type: 'CEIL',
  float32: () => Math.ceil,
});
