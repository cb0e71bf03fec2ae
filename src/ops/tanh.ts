/** TANH. TFLM: kernels/tanh.cc, reference/tanh.h; see sigmoid.ts for integers. */
import { tanhFloat32 } from '../numerics/expm1_float32.js';
import { tanh as fixedTanh } from '../numerics/gemmlowp.js';
import { tanhInt16 } from '../numerics/sigmoid_int16.js';
import { sigmoid } from './sigmoid.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type TanhAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    TANH: TanhAttributes;
  }
}

export const { definition: tanh, parameters: tanhParameters } = sigmoid('TANH', {
  fixed: (x) => fixedTanh(x, 4),
  outputBits: 7,
  outputZeroPoint: 0,
  int16: tanhInt16,
  shifts: [0, 1],
  float32: tanhFloat32,
});
