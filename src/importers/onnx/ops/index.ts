/** What each ONNX operator becomes. */

import { shapeOf } from '../fold.js';
import type { NodeImporter } from '../node_context.js';
import { Unsupported } from '../value.js';
import { binary, div, extremum, mul, pow } from './arithmetic.js';
import { batchNormalization } from './batch_norm.js';
import { conv } from './conv.js';
import { gemm, matMul } from './dense.js';
import { clip, elu, hardSigmoid, leakyRelu, prelu, unary } from './elementwise.js';
import { concat, depthToSpace, expand, gather, pad, slice, spaceToDepth, split } from './move.js';
import { argMax, cast, dropout, extractor, same } from './pass.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pool.js';
import { quantizedOperators } from './qlinear.js';
import { dequantizeLinear, dynamic, quantizeLinear } from './quantize.js';
import { gru, lstm, rnn } from './recurrent.js';
import { reduce, softmax } from './reduce.js';
import { resize } from './resize.js';
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
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Ceil: unary('CEIL', {}),
  Clip: clip,
  Concat: concat,
  Constant: constant,
  Conv: conv,
  ConvInteger: dynamic,
  Cos: unary('COS', {}),
  DepthToSpace: depthToSpace,
  DequantizeLinear: dequantizeLinear,
  Div: div,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamic,
  Elu: elu,
  Exp: unary('EXP', {}),
  Expand: expand,
  Flatten: flatten,
  Floor: unary('FLOOR', {}),
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  GRU: gru,
  HardSigmoid: hardSigmoid,
  HardSwish: unary('HARD_SWISH', {}),
  Identity: same,
  LeakyRelu: leakyRelu,
  LSTM: lstm,
  Log: unary('LOG', {}),
  LogSoftmax: softmax('LOG_SOFTMAX'),
  MatMul: matMul,
  MatMulInteger: dynamic,
  Max: extremum('MAXIMUM'),
  MaxPool: maxPool,
  Min: extremum('MINIMUM'),
  Mul: mul,
  Neg: unary('NEG', {}),
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  QuantizeLinear: quantizeLinear,
  RNN: rnn,
  ReduceMax: reduce('REDUCE_MAX'),
  ReduceMean: reduce('MEAN'),
  ReduceMin: reduce('REDUCE_MIN'),
  ReduceSum: reduce('SUM'),
  Relu: unary('RELU', {}),
  Reshape: reshape,
  Resize: resize,
  Round: unary('ROUND', {}),
  Shape: shape,
  Sigmoid: unary('LOGISTIC', {}),
  Sin: unary('SIN', {}),
  Slice: slice,
  Softmax: softmax('SOFTMAX'),
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: unary('SQRT', {}),
  Squeeze: squeeze,
  Sub: binary('SUB'),
  Tanh: unary('TANH', {}),
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Upsample: resize,
  'ai.onnx.ml.ArrayFeatureExtractor': extractor,
  'ai.onnx.ml.ZipMap': same,
  'com.microsoft.DequantizeLinear': dequantizeLinear,
  'com.microsoft.DynamicQuantizeLSTM': dynamic,
  'com.microsoft.DynamicQuantizeMatMul': dynamic,
  'com.microsoft.MatMulIntegerToFloat': dynamic,
  'com.microsoft.QuantizeLinear': quantizeLinear,
  ...quantizedOperators,
};
