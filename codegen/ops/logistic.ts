/** How LOGISTIC becomes C. */
import { logisticParameters } from '../../src/ops/logistic.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';
import { sigmoidInt16 } from '../kernels/portable/sigmoid.js';

export const logistic = elementwiseEmitter('LOGISTIC', logisticParameters, {
  float32: { name: 'logistic_f32' },
  int16: sigmoidInt16('logistic_s16'),
});
