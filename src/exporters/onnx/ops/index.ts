/** How each operator becomes nodes of ONNX: one line each. */
import { outputTensor } from '../../../graph/access.js';
import type { Op, OpType } from '../../../graph/graph.js';
import { quantizationRules } from '../../../ops/quantization_rules.js';
import { CannotExport, type Exporter, isQuantized } from '../exporter.js';
import {
  add,
  addN,
  arithmetic,
  floorDiv,
  floorMod,
  notEqual,
  selectV2,
  squaredDifference,
} from './binary.js';
import { conv2d, depthwiseConv2d, transposeConv } from './conv.js';
import { batchMatmul, fullyConnected } from './dense.js';
import {
  clip,
  l2Normalization,
  logSoftmax,
  prelu,
  relu6,
  rsqrt,
  softmax,
  square,
  unary,
} from './elementwise.js';
import { unidirectionalSequenceLstm } from './lstm.js';
import {
  batchToSpaceNd,
  concatenation,
  depthToSpace,
  expand,
  gather,
  gatherNd,
  pack,
  reshape,
  reverseV2,
  shape,
  slice,
  spaceToBatchNd,
  spaceToDepth,
  split,
  stridedSlice,
  tile,
  transpose,
  unpack,
  zerosLike,
} from './move.js';
import { mirrorPad, pad, padv2 } from './pad.js';
import { averagePool2d, l2Pool2d, maxPool2d } from './pool.js';
import { cast, dequantize, quantize } from './quantize.js';
import { argExtremum, cumsum, reduceAll, reduction } from './reduce.js';
import { resizeBilinear, resizeNearestNeighbor } from './resize.js';
import { broadcastArgs, dynamicUpdateSlice, embeddingLookup, scatterNd, topkV2 } from './select.js';
import { svdf } from './svdf.js';
import { assignVariable, readVariable } from './variable.js';

const exporters: { readonly [T in OpType]?: (op: Op<T>, x: Exporter) => void } = {
  ABS: unary('Abs'),
  ADD: add,
  ADD_N: addN,
  ARG_MAX: argExtremum('ArgMax'),
  ARG_MIN: argExtremum('ArgMin'),
  ASSIGN_VARIABLE: assignVariable,
  AVERAGE_POOL_2D: averagePool2d,
  BATCH_MATMUL: batchMatmul,
  BATCH_TO_SPACE_ND: batchToSpaceNd,
  BROADCAST_ARGS: broadcastArgs,
  BROADCAST_TO: expand(0),
  CAST: cast,
  CEIL: unary('Ceil'),
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  COS: unary('Cos'),
  CUMSUM: cumsum,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEPTH_TO_SPACE: depthToSpace,
  DEQUANTIZE: dequantize,
  DIV: arithmetic('Div'),
  DYNAMIC_UPDATE_SLICE: dynamicUpdateSlice,
  ELU: unary('Elu'),
  EMBEDDING_LOOKUP: embeddingLookup,
  EQUAL: arithmetic('Equal'),
  EXP: unary('Exp'),
  EXPAND_DIMS: reshape,
  FILL: expand(1),
  FLOOR: unary('Floor'),
  FLOOR_DIV: floorDiv,
  FLOOR_MOD: floorMod,
  FULLY_CONNECTED: fullyConnected,
  GATHER: gather,
  GATHER_ND: gatherNd,
  GREATER: arithmetic('Greater'),
  GREATER_EQUAL: arithmetic('GreaterOrEqual'),
  HARD_SWISH: unary('HardSwish'),
  L2_NORMALIZATION: l2Normalization,
  L2_POOL_2D: l2Pool2d,
  LEAKY_RELU: unary('LeakyRelu', (op) => ({ alpha: { float: op.attributes.alpha } })),
  LESS: arithmetic('Less'),
  LESS_EQUAL: arithmetic('LessOrEqual'),
  LOG: unary('Log'),
  LOGICAL_AND: arithmetic('And'),
  LOGICAL_NOT: unary('Not'),
  LOGICAL_OR: arithmetic('Or'),
  LOGISTIC: unary('Sigmoid'),
  LOG_SOFTMAX: logSoftmax,
  MAXIMUM: arithmetic('Max'),
  MAX_POOL_2D: maxPool2d,
  MEAN: reduction('ReduceMean'),
  MINIMUM: arithmetic('Min'),
  MIRROR_PAD: mirrorPad,
  MUL: arithmetic('Mul'),
  NEG: unary('Neg'),
  NOT_EQUAL: notEqual,
  PACK: pack,
  PAD: pad,
  PADV2: padv2,
  PRELU: prelu,
  QUANTIZE: quantize,
  READ_VARIABLE: readVariable,
  REDUCE_ALL: reduceAll,
  REDUCE_MAX: reduction('ReduceMax'),
  REDUCE_MIN: reduction('ReduceMin'),
  RELU: unary('Relu'),
  RELU6: relu6,
  RELU_0_TO_1: clip(0, 1),
  RELU_N1_TO_1: clip(-1, 1),
  RESHAPE: reshape,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearestNeighbor,
  REVERSE_V2: reverseV2,
  ROUND: unary('Round'),
  RSQRT: rsqrt,
  SCATTER_ND: scatterNd,
  SELECT_V2: selectV2,
  SHAPE: shape,
  SIN: unary('Sin'),
  SLICE: slice,
  SOFTMAX: softmax,
  SPACE_TO_BATCH_ND: spaceToBatchNd,
  SPACE_TO_DEPTH: spaceToDepth,
  SPLIT: split,
  SPLIT_V: split,
  SQRT: unary('Sqrt'),
  SQUARE: square,
  SQUARED_DIFFERENCE: squaredDifference,
  SQUEEZE: reshape,
  STRIDED_SLICE: stridedSlice,
  SUB: arithmetic('Sub'),
  SUM: reduction('ReduceSum'),
  SVDF: svdf,
  TANH: unary('Tanh'),
  TILE: tile,
  TOPK_V2: topkV2,
  TRANSPOSE: transpose,
  TRANSPOSE_CONV: transposeConv,
  UNIDIRECTIONAL_SEQUENCE_LSTM: unidirectionalSequenceLstm,
  UNPACK: unpack,
  ZEROS_LIKE: zerosLike,
};

/** @throws CannotExport */
export function exportOp<T extends OpType>(op: Op<T>, x: Exporter): void {
  const write = exporters[op.type] as ((op: Op<T>, x: Exporter) => void) | undefined;
  if (!write) throw new CannotExport('has no counterpart in ONNX');
  const output = op.outputs[0] === undefined ? undefined : outputTensor(x.graph, op);
  if (quantizationRules[op.type]?.sameAsInput && output && isQuantized(output)) {
    x.reading = { dtype: output.dtype, quantization: output.quantization! };
  }
  try {
    write(op, x);
  } finally {
    x.reading = undefined;
  }
}
