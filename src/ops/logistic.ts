/** LOGISTIC: 1 / (1 + e^−x). TFLM: kernels/logistic.cc, reference/logistic.h; see sigmoid.ts for integers. */
import { expFloat32 } from '../numerics/exp_float32.js';
import { logistic as fixedLogistic } from '../numerics/gemmlowp.js';
import { logisticInt16 } from '../numerics/sigmoid_int16.js';
import { sigmoid } from './sigmoid.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogisticAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOGISTIC: LogisticAttributes;
  }
}

const f = Math.fround;

/** TFLite's cases: above 16.6 it is 1, below −9 e^x is all that counts. */
export function logisticFloat32(x: number): number {
  if (x > f(16.619047164916992)) return 1;
  return x < -9 ? expFloat32(x) : f(1 / f(1 + expFloat32(-x)));
}

export const { definition: logistic, parameters: logisticParameters } = sigmoid('LOGISTIC', {
  fixed: (x) => fixedLogistic(x, 4),
  outputBits: 8,
  outputZeroPoint: -128,
  int16: logisticInt16,
  shifts: [0],
  float32: logisticFloat32,
});
