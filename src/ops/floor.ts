/** FLOOR: the largest whole number not above x. TFLM: kernels/floor.cc. */
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type FloorAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    FLOOR: FloorAttributes;
  }
}

export const { definition: floor, parameters: floorParameters } = elementwise({
  type: 'FLOOR',
  float32: () => Math.floor,
});
