/**
 * What TFLite's quantization specification and TFLM's kernels ask of each operator. One that is not here has no integer form,
 * whatever its dtypes are.
 * https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec
 */
import { perTensor } from '../graph/build.js';
import type { AnyOp, Graph, OpType, Quantization } from '../graph/graph.js';
import { svdfOperands } from './svdf.js';
import { lstmGates, lstmOperands } from './unidirectional_sequence_lstm.js';

/** int8 with any zero point, or int16 around 0. */
export type ActivationType = 'int8' | 'int16';

/** Positions of weights, of their bias if they may have one, and of the activation that they are multiplied with. */
export interface WeightsRule {
  readonly weights: number;
  readonly bias?: number;
  readonly input: number;
  /** One scale for each index of this axis; absent, one for all. */
  readonly axis?: number;
  /** They are int16, and multiplied with int16 state in 32 bits. */
  readonly int16?: true;
}

export interface QuantizationRule {
  /** All other float operands are activations. */
  readonly weights?: readonly WeightsRule[];
  /** TFLM takes int4 weights with one scale only (kernels/fully_connected_common.cc). */
  readonly int4PerTensor?: boolean;
  /** Output and inputs share their parameters: the kernel only moves, compares or averages quantized values. */
  readonly sameAsInput?: boolean;
  /** The state at this position holds what the output holds, on its scale. */
  readonly outputState?: number;
  /** The state at this position is int16 around 0, whatever the activations are. */
  readonly wideState?: { readonly position: number; readonly powerOfTwo: boolean };
  /** The output's parameters are fixed, for the types that it has a kernel for. */
  readonly output?: Readonly<Partial<Record<ActivationType, Quantization>>>;
}

/** Weights and bias where most operators have them. */
const layer = (axis: number): readonly WeightsRule[] => [{ weights: 1, bias: 2, input: 0, axis }];

export const quantizationRules: Partial<Record<OpType, QuantizationRule>> = {
  ABS: {},
  ADD: {},
  ARG_MAX: {},
  ARG_MIN: {},
  ASSIGN_VARIABLE: { sameAsInput: true },
  AVERAGE_POOL_2D: { sameAsInput: true },
  BATCH_MATMUL: {},
  BATCH_TO_SPACE_ND: { sameAsInput: true },
  BROADCAST_TO: { sameAsInput: true },
  CONCATENATION: { sameAsInput: true },
  CONV_2D: { weights: layer(0) },
  DEPTHWISE_CONV_2D: { weights: layer(3) },
  DEPTH_TO_SPACE: { sameAsInput: true },
  DYNAMIC_UPDATE_SLICE: { sameAsInput: true },
  ELU: {},
  EMBEDDING_LOOKUP: { sameAsInput: true },
  EQUAL: {},
  EXPAND_DIMS: { sameAsInput: true },
  FILL: { sameAsInput: true },
  // TFLM takes one scale or one for each channel; each channel its own keeps 6 dB more on MLPerf Tiny's AD.
  FULLY_CONNECTED: { weights: layer(0), int4PerTensor: true },
  GATHER: { sameAsInput: true },
  GATHER_ND: { sameAsInput: true },
  GREATER: {},
  GREATER_EQUAL: {},
  HARD_SWISH: {},
  L2_NORMALIZATION: { output: { int8: perTensor(1 / 128, 0) } },
  LEAKY_RELU: {},
  LESS: {},
  LESS_EQUAL: {},
  LOGISTIC: { output: { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0) } },
  LOG_SOFTMAX: { output: { int8: perTensor(16 / 256, 127) } },
  MAXIMUM: { sameAsInput: true },
  MAX_POOL_2D: { sameAsInput: true },
  MEAN: {},
  MINIMUM: { sameAsInput: true },
  MIRROR_PAD: { sameAsInput: true },
  MUL: {},
  NOT_EQUAL: {},
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
  SELECT_V2: { sameAsInput: true },
  SHAPE: {},
  SLICE: { sameAsInput: true },
  SOFTMAX: { output: { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0) } },
  // TFLM pads with 0 as it stands, whatever the zero point: only what it pads not at all is right.
  SPACE_TO_BATCH_ND: { sameAsInput: true },
  SPACE_TO_DEPTH: { sameAsInput: true },
  SPLIT: { sameAsInput: true },
  SPLIT_V: { sameAsInput: true },
  SQUARED_DIFFERENCE: {},
  SQUEEZE: { sameAsInput: true },
  STRIDED_SLICE: { sameAsInput: true },
  SUB: {},
  SUM: {},
  // TFLite's operator_property.cc, as for LSTM below.
  SVDF: {
    weights: [
      { weights: svdfOperands.feature, input: svdfOperands.input },
      { weights: svdfOperands.time, bias: svdfOperands.bias, input: svdfOperands.state, int16: true },
    ],
    wideState: { position: svdfOperands.state, powerOfTwo: false },
  },
  TANH: { output: { int8: perTensor(1 / 128, 0), int16: perTensor(1 / 32768, 0) } },
  TILE: { sameAsInput: true },
  TOPK_V2: { sameAsInput: true },
  TRANSPOSE: { sameAsInput: true },
  TRANSPOSE_CONV: { weights: [{ weights: 1, bias: 3, input: 2, axis: 0 }] },
  UNIDIRECTIONAL_SEQUENCE_LSTM: {
    weights: lstmGates.flatMap((_, gate) => [
      { weights: lstmOperands.weights(gate), bias: lstmOperands.bias(gate), input: lstmOperands.input },
      { weights: lstmOperands.recurrent(gate), input: lstmOperands.hidden },
    ]),
    outputState: lstmOperands.hidden,
    wideState: { position: lstmOperands.cell, powerOfTwo: true },
  },
  UNPACK: { sameAsInput: true },
};

/** Empty for an operator without. */
export function weightsRulesOf({ type }: Pick<AnyOp, 'type'>): readonly WeightsRule[] {
  return quantizationRules[type]?.weights ?? [];
}

/** Of a layer with weights of one kind. */
export function soleWeightsOf(op: Pick<AnyOp, 'type'>): WeightsRule | undefined {
  const rules = weightsRulesOf(op);
  return rules.length === 1 ? rules[0] : undefined;
}

/** Operands that are neither weights nor bias, nor absent. */
export function activationsOf(op: AnyOp): number[] {
  const weighted = new Set(weightsRulesOf(op).flatMap(({ weights, bias }) => [weights, bias]));
  return op.inputs.filter((t, i) => t >= 0 && !weighted.has(i));
}

/** State tensors that are int16 whatever the activations are. */
export function wideStates({ ops }: Graph): Set<number> {
  return new Set(
    ops.flatMap((op) => {
      const position = quantizationRules[op.type]?.wideState?.position;
      return position === undefined ? [] : [op.inputs[position]!];
    }),
  );
}
