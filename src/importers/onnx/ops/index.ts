/** What each ONNX operator becomes. */

import { shapeOf } from '../fold.js';
import type { NodeImporter } from '../node_context.js';
import { Unsupported } from '../value.js';
import { average, binary, div, mul, pow, severalTimes } from './arithmetic.js';
import { batchNormalization } from './batch_norm.js';
import {
  celu,
  elu,
  erf,
  gelu,
  mish,
  reciprocal,
  selu,
  softplus,
  softsign,
  thresholdedRelu,
} from './composed.js';
import { conv } from './conv.js';
import { convTranspose } from './conv_transpose.js';
import { gemm, matMul } from './dense.js';
import { clip, hardSigmoid, leakyRelu, prelu, unary } from './elementwise.js';
import { concat, depthToSpace, gather, pad, slice, spaceToDepth, split } from './move.js';
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lpNormalization,
} from './normalization.js';
import { argMax, cast, dropout, extractor, same } from './pass.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pool.js';
import { quantizedOperators } from './qlinear.js';
import { dequantizeLinear, dynamic, quantizeLinear } from './quantize.js';
import { gru, lstm, rnn } from './recurrent.js';
import { cumSum, reduce, reduceNorm, softmax } from './reduce.js';
import { expand, tile } from './repeat.js';
import { resize } from './resize.js';
import { compare, not, where } from './select.js';
import { topK } from './top_k.js';
import { flatten, reshape, squeeze, transpose, unsqueeze } from './view.js';

/** A constant of the node's own. */
const constant: NodeImporter = ({ node }) => {
  const tensor = node.tensor('value');
  if (tensor) return [{ ...tensor, name: node.name }];
  const [float, int] = [node.number('value_float'), node.number('value_int')];
  const [floats, ints] = [node.numbers('value_floats'), node.numbers('value_ints')];
  const base = { kind: 'constant', name: node.name } as const;
  if (float !== undefined) return [{ ...base, dims: [], dtype: 'float32', values: Float32Array.of(float) }];
  if (int !== undefined) return [{ ...base, dims: [], dtype: 'int64', values: Float64Array.of(int) }];
  if (floats)
    return [{ ...base, dims: [floats.length], dtype: 'float32', values: Float32Array.from(floats) }];
  if (ints) return [{ ...base, dims: [ints.length], dtype: 'int64', values: Float64Array.from(ints) }];
  throw new Unsupported('is a constant without numbers');
};

/** The dims of what the model computes are known too. */
const shape: NodeImporter = (context) => {
  const value = context.inputs[0];
  if (value?.kind !== 'activation') throw new Unsupported('is of a value that has no shape');
  return [shapeOf(context, value.dims)];
};

/** By ONNX's names; `ai.onnx.ml` is the domain of classical machine learning. */
export const nodeImporters: Readonly<Record<string, NodeImporter>> = {
  Abs: unary('ABS', {}),
  Add: binary('ADD'),
  And: compare('LOGICAL_AND'),
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Ceil: unary('CEIL', {}),
  Celu: celu,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  Conv: conv,
  ConvInteger: dynamic,
  ConvTranspose: convTranspose,
  Cos: unary('COS', {}),
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  DequantizeLinear: dequantizeLinear,
  Div: div,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamic,
  Elu: elu,
  Equal: compare('EQUAL'),
  Erf: erf,
  Exp: unary('EXP', {}),
  Expand: expand,
  Flatten: flatten,
  Floor: unary('FLOOR', {}),
  Gather: gather,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Greater: compare('GREATER'),
  GreaterOrEqual: compare('GREATER_EQUAL'),
  GroupNormalization: groupNormalization,
  GRU: gru,
  HardSigmoid: hardSigmoid,
  HardSwish: unary('HARD_SWISH', {}),
  Identity: same,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Less: compare('LESS'),
  LessOrEqual: compare('LESS_EQUAL'),
  LSTM: lstm,
  Log: unary('LOG', {}),
  LogSoftmax: softmax('LOG_SOFTMAX'),
  LpNormalization: lpNormalization,
  MatMul: matMul,
  MatMulInteger: dynamic,
  Max: severalTimes('MAXIMUM'),
  MaxPool: maxPool,
  Mean: average,
  Min: severalTimes('MINIMUM'),
  Mish: mish,
  Mul: mul,
  Neg: unary('NEG', {}),
  Not: not,
  Or: compare('LOGICAL_OR'),
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  QuantizeLinear: quantizeLinear,
  RNN: rnn,
  Reciprocal: reciprocal,
  ReduceL1: reduceNorm('ABS', false),
  ReduceL2: reduceNorm('SQUARE', true),
  ReduceMax: reduce('REDUCE_MAX'),
  ReduceMean: reduce('MEAN'),
  ReduceMin: reduce('REDUCE_MIN'),
  ReduceSum: reduce('SUM'),
  ReduceSumSquare: reduceNorm('SQUARE', false),
  Relu: unary('RELU', {}),
  Reshape: reshape,
  Resize: resize,
  Round: unary('ROUND', {}),
  Selu: selu,
  Shape: shape,
  Sigmoid: unary('LOGISTIC', {}),
  Sin: unary('SIN', {}),
  Slice: slice,
  Softmax: softmax('SOFTMAX'),
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: unary('SQRT', {}),
  Squeeze: squeeze,
  Sub: binary('SUB'),
  Sum: severalTimes('ADD'),
  Tanh: unary('TANH', {}),
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Upsample: resize,
  Where: where,
  'ai.onnx.ml.ArrayFeatureExtractor': extractor,
  'ai.onnx.ml.ZipMap': same,
  'com.microsoft.DequantizeLinear': dequantizeLinear,
  'com.microsoft.DynamicQuantizeLSTM': dynamic,
  'com.microsoft.DynamicQuantizeMatMul': dynamic,
  'com.microsoft.MatMulIntegerToFloat': dynamic,
  'com.microsoft.QuantizeLinear': quantizeLinear,
  ...quantizedOperators,
};
