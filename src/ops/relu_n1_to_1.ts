/** RELU_N1_TO_1: x between -1 and 1. See bounded_relu.ts. */
import { boundedRelu } from './bounded_relu.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ReluN1To1Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    RELU_N1_TO_1: ReluN1To1Attributes;
  }
}

export const reluN1To1Bounds = { min: -1, max: 1 };

export const { definition: reluN1To1, parameters: reluN1To1Parameters } = boundedRelu(
  'RELU_N1_TO_1',
  reluN1To1Bounds,
);
