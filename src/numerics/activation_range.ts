/** Fused activations as clamps. tensorflow/lite/kernels/kernel_util.cc. */
import { tfLiteRound } from './rounding.js';

/** TFLite's ActivationFunctionType. TANH and SIGN_BIT fused into an op are ignored by TFLM's kernels. */
export type FusedActivation = 'NONE' | 'RELU' | 'RELU_N1_TO_1' | 'RELU6' | 'TANH' | 'SIGN_BIT';

export const fusedActivations: readonly FusedActivation[] = [
  'NONE',
  'RELU',
  'RELU_N1_TO_1',
  'RELU6',
  'TANH',
  'SIGN_BIT',
];

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const float32Max = 3.4028234663852886e38;

/** CalculateActivationRange: the clamp in real values, float32. */
export function calculateActivationRange(activation: FusedActivation): Range {
  switch (activation) {
    case 'RELU':
      return { min: 0, max: float32Max };
    case 'RELU6':
      return { min: 0, max: 6 };
    case 'RELU_N1_TO_1':
      return { min: -1, max: 1 };
    default:
      return { min: -float32Max, max: float32Max };
  }
}

/**
 * CalculateActivationRangeQuantized: zeroPoint + round(v / scale) with the quotient in float32, within the type's
 * own range.
 *
 * @param scale float32, positive
 * @param type the range of the output's dtype: −128 … 127
 */
export function calculateActivationRangeQuantized(
  activation: FusedActivation,
  scale: number,
  zeroPoint: number,
  type: Range,
): Range {
  const quantize = (v: number) => zeroPoint + tfLiteRound(Math.fround(v / scale));
  switch (activation) {
    case 'RELU':
      return { min: Math.max(type.min, quantize(0)), max: type.max };
    case 'RELU6':
      return { min: Math.max(type.min, quantize(0)), max: Math.min(type.max, quantize(6)) };
    case 'RELU_N1_TO_1':
      return { min: Math.max(type.min, quantize(-1)), max: Math.min(type.max, quantize(1)) };
    default:
      return type;
  }
}
