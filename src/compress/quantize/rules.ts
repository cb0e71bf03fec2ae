/**
 * What TFLite's quantization specification and TFLM's kernels ask of each operator. An operator that is not here
 * cannot be quantized. https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec
 */
import { perTensor } from '../../graph/build.js';
import type { OpType, Quantization } from '../../graph/graph.js';
import type { ActivationType } from './parameters.js';

export interface QuantizationRule {
  /** Has weights (input 1), with one scale for each index of this axis, and perhaps a bias (input 2). */
  readonly weights?: number;
  /** TFLM takes int4 weights with one scale only (kernels/fully_connected_common.cc). */
  readonly int4PerTensor?: boolean;
  /** Output and inputs share their parameters: the kernel only moves, compares or averages quantized values. */
  readonly sameAsInput?: boolean;
  /** The output's parameters are fixed. */
  readonly output?: Readonly<Record<ActivationType, Quantization>>;
}

export const quantizationRules: Partial<Record<OpType, QuantizationRule>> = {
  ADD: {},
  AVERAGE_POOL_2D: { sameAsInput: true },
  CONCATENATION: { sameAsInput: true },
  CONV_2D: { weights: 0 },
  DEPTHWISE_CONV_2D: { weights: 3 },
  // TFLM takes one scale or one for each channel; each channel its own keeps 6 dB more on MLPerf Tiny's AD.
  FULLY_CONNECTED: { weights: 0, int4PerTensor: true },
  MAX_POOL_2D: { sameAsInput: true },
  MEAN: {},
  MUL: {},
  PAD: { sameAsInput: true },
  RELU: {},
  // TFLM clamps the raw values by the input's parameters and does not requantize.
  RELU6: { sameAsInput: true },
  RESHAPE: { sameAsInput: true },
  SOFTMAX: { output: { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0) } },
  SUB: {},
};
