/**
 * What TFLite's quantization specification and TFLM's kernels ask of each operator. An operator that is not here
 * cannot be quantized: SPACE_TO_BATCH_ND, for one, whose padding of int8 TFLM gets wrong.
 * https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec
 */
import { perTensor } from '../graph/build.js';
import type { OpType, Quantization } from '../graph/graph.js';

/** int8 with any zero point, or int16 around 0. */
export type ActivationType = 'int8' | 'int16';

export interface QuantizationRule {
  /** Has weights (input 1), with one scale for each index of this axis, and perhaps a bias (input 2). */
  readonly weights?: number;
  /** TFLM takes int4 weights with one scale only (kernels/fully_connected_common.cc). */
  readonly int4PerTensor?: boolean;
  /** Output and inputs share their parameters: the kernel only moves, compares or averages quantized values. */
  readonly sameAsInput?: boolean;
  /** The output's parameters are fixed, for the types that it has a kernel for. */
  readonly output?: Readonly<Partial<Record<ActivationType, Quantization>>>;
}

export const quantizationRules: Partial<Record<OpType, QuantizationRule>> = {
  ABS: {},
  ADD: {},
  ASSIGN_VARIABLE: { sameAsInput: true },
  AVERAGE_POOL_2D: { sameAsInput: true },
  BATCH_MATMUL: {},
  BATCH_TO_SPACE_ND: { sameAsInput: true },
  BROADCAST_TO: { sameAsInput: true },
  CONCATENATION: { sameAsInput: true },
  CONV_2D: { weights: 0 },
  DEPTHWISE_CONV_2D: { weights: 3 },
  DEPTH_TO_SPACE: { sameAsInput: true },
  ELU: {},
  EXPAND_DIMS: { sameAsInput: true },
  // TFLM takes one scale or one for each channel; each channel its own keeps 6 dB more on MLPerf Tiny's AD.
  FULLY_CONNECTED: { weights: 0, int4PerTensor: true },
  GATHER: { sameAsInput: true },
  GATHER_ND: { sameAsInput: true },
  HARD_SWISH: {},
  L2_NORMALIZATION: { output: { int8: perTensor(1 / 128, 0) } },
  LEAKY_RELU: {},
  LOGISTIC: { output: { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0) } },
  LOG_SOFTMAX: { output: { int8: perTensor(16 / 256, 127) } },
  MAXIMUM: { sameAsInput: true },
  MAX_POOL_2D: { sameAsInput: true },
  MEAN: {},
  MINIMUM: { sameAsInput: true },
  MIRROR_PAD: { sameAsInput: true },
  MUL: {},
  PACK: { sameAsInput: true },
  PAD: { sameAsInput: true },
  PADV2: { sameAsInput: true },
  PRELU: {},
  REDUCE_MAX: { sameAsInput: true },
  REDUCE_MIN: { sameAsInput: true },
  READ_VARIABLE: { sameAsInput: true },
  RELU: {},
  // TFLM clamps the raw values by the input's parameters and does not requantize.
  RELU6: { sameAsInput: true },
  RELU_0_TO_1: {},
  RELU_N1_TO_1: {},
  RESHAPE: { sameAsInput: true },
  RESIZE_BILINEAR: { sameAsInput: true },
  RESIZE_NEAREST_NEIGHBOR: { sameAsInput: true },
  REVERSE_V2: { sameAsInput: true },
  RSQRT: {},
  SLICE: { sameAsInput: true },
  SOFTMAX: { output: { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0) } },
  SPACE_TO_DEPTH: { sameAsInput: true },
  SPLIT: { sameAsInput: true },
  SPLIT_V: { sameAsInput: true },
  SQUARED_DIFFERENCE: {},
  SQUEEZE: { sameAsInput: true },
  STRIDED_SLICE: { sameAsInput: true },
  SUB: {},
  SUM: {},
  TANH: { output: { int8: perTensor(1 / 128, 0), int16: perTensor(1 / 32768, 0) } },
  TILE: { sameAsInput: true },
  TRANSPOSE: { sameAsInput: true },
  UNPACK: { sameAsInput: true },
};
