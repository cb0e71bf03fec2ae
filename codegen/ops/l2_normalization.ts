/** How L2_NORMALIZATION becomes C. */
import { l2NormalizationParameters } from '../../src/ops/l2_normalization.js';
import { chooseKernel } from '../kernel.js';
import { portableL2Normalization } from '../kernels/portable/l2_normalization.js';
import type { OpEmitter } from '../layer.js';

export const l2Normalization: OpEmitter<'L2_NORMALIZATION'> = {
  type: 'L2_NORMALIZATION',
  lower: (op, graph, context) =>
    chooseKernel(portableL2Normalization, l2NormalizationParameters(op, graph), context),
};
