/** Has a layer computed by one kernel wherever it applies. */
import type { CostModel } from '../../codegen/cost/cost_model.js';

/** @param kernel `mul32/conv_2d_s8` */
export const preferring =
  (kernel: string): CostModel =>
  (name) =>
    name === kernel ? 0 : 1;
