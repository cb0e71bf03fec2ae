/** SUB with broadcasting. TFLM: kernels/sub.cc, kernels/sub_common.cc, reference/sub.h. */
import type { FusedActivation } from '../numerics/activation_range.js';
import { addition } from './addition.js';

export interface SubAttributes {
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SUB: SubAttributes;
  }
}

export const sub = addition('SUB', -1);
