/** How LOG_SOFTMAX becomes C. */
import { logSoftmaxParameters } from '../../src/ops/log_softmax.js';
import { chooseKernel } from '../kernel.js';
import { portableLogSoftmax } from '../kernels/portable/log_softmax.js';
import type { OpEmitter } from '../layer.js';

export const logSoftmax: OpEmitter<'LOG_SOFTMAX'> = {
  type: 'LOG_SOFTMAX',
  lower: (op, graph, context) => chooseKernel(portableLogSoftmax, logSoftmaxParameters(op, graph), context),
};
