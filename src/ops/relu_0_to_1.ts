/** RELU_0_TO_1: x between 0 and 1. See bounded_relu.ts. */
import { boundedRelu } from './bounded_relu.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type Relu0To1Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    RELU_0_TO_1: Relu0To1Attributes;
  }
}

export const relu0To1Bounds = { min: 0, max: 1 };

export const { definition: relu0To1, parameters: relu0To1Parameters } = boundedRelu(
  'RELU_0_TO_1',
  relu0To1Bounds,
);
