/** ADD with broadcasting. TFLM: kernels/add.cc, kernels/add_common.cc, reference/integer_ops/add.h, reference/add.h. */
import type { FusedActivation } from '../numerics/activation_range.js';
import { addition } from './addition.js';

export interface AddAttributes {
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    ADD: AddAttributes;
  }
}

export const add = addition('ADD', 1);
