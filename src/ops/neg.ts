/** NEG: −x, also of zeros. TFLM: kernels/neg.cc. */
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type NegAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    NEG: NegAttributes;
  }
}

export const { definition: neg, parameters: negParameters } = elementwise({
  type: 'NEG',
  float32: () => (x) => -x,
});
