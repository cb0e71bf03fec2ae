/** SQUARE: x · x. TFLM: kernels/elementwise.cc. */
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SquareAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SQUARE: SquareAttributes;
  }
}

export const { definition: square, parameters: squareParameters } = elementwise({
  type: 'SQUARE',
  float32: () => (x) => Math.fround(x * x),
});
