/** The operators crimp knows: one line each. Everything else asks here; nothing else lists them. */
import type { AnyOp, Graph, Op, OpType } from '../graph/graph.js';
import { abs } from './abs.js';
import { add } from './add.js';
import { addN } from './add_n.js';
import { argMax } from './arg_max.js';
import { argMin } from './arg_min.js';
import { assignVariable } from './assign_variable.js';
import { averagePool2d } from './average_pool_2d.js';
import { batchMatmul } from './batch_matmul.js';
import { batchToSpaceNd } from './batch_to_space_nd.js';
import { broadcastArgs } from './broadcast_args.js';
import { broadcastTo } from './broadcast_to.js';
import { cast } from './cast.js';
import { ceil } from './ceil.js';
import { concatenation } from './concatenation.js';
import { conv2d } from './conv_2d.js';
import { cos } from './cos.js';
import { cumsum } from './cumsum.js';
import { depthToSpace } from './depth_to_space.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { dequantize } from './dequantize.js';
import { div } from './div.js';
import { dynamicUpdateSlice } from './dynamic_update_slice.js';
import { elu } from './elu.js';
import { embeddingLookup } from './embedding_lookup.js';
import { equal } from './equal.js';
import { exp } from './exp.js';
import { expandDims } from './expand_dims.js';
import { fill } from './fill.js';
import { floor } from './floor.js';
import { floorDiv } from './floor_div.js';
import { floorMod } from './floor_mod.js';
import { fullyConnected } from './fully_connected.js';
import { gather } from './gather.js';
import { gatherNd } from './gather_nd.js';
import { greater } from './greater.js';
import { greaterEqual } from './greater_equal.js';
import { hardSwish } from './hard_swish.js';
import { l2Normalization } from './l2_normalization.js';
import { l2Pool2d } from './l2_pool_2d.js';
import { leakyRelu } from './leaky_relu.js';
import { less } from './less.js';
import { lessEqual } from './less_equal.js';
import { log } from './log.js';
import { logSoftmax } from './log_softmax.js';
import { logicalAnd } from './logical_and.js';
import { logicalNot } from './logical_not.js';
import { logicalOr } from './logical_or.js';
import { logistic } from './logistic.js';
import { lookupTable } from './lookup_table.js';
import { maxPool2d } from './max_pool_2d.js';
import { maximum } from './maximum.js';
import { mean } from './mean.js';
import { minimum } from './minimum.js';
import { mirrorPad } from './mirror_pad.js';
import { mul } from './mul.js';
import { neg } from './neg.js';
import { notEqual } from './not_equal.js';
import type { OpDefinition } from './op.js';
import { pack } from './pack.js';
import { pad } from './pad.js';
import { padv2 } from './padv2.js';
import { prelu } from './prelu.js';
import { quantize } from './quantize.js';
import { readVariable } from './read_variable.js';
import { reduceAll } from './reduce_all.js';
import { reduceMax } from './reduce_max.js';
import { reduceMin } from './reduce_min.js';
import { relu } from './relu.js';
import { relu0To1 } from './relu_0_to_1.js';
import { reluN1To1 } from './relu_n1_to_1.js';
import { relu6 } from './relu6.js';
import { reshape } from './reshape.js';
import { resizeBilinear } from './resize_bilinear.js';
import { resizeNearestNeighbor } from './resize_nearest_neighbor.js';
import { reverseV2 } from './reverse_v2.js';
import { round } from './round.js';
import { rowChain } from './row_chain.js';
import { rsqrt } from './rsqrt.js';
import { scatterNd } from './scatter_nd.js';
import { selectV2 } from './select_v2.js';
import { shape } from './shape.js';
import { sin } from './sin.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { spaceToBatchNd } from './space_to_batch_nd.js';
import { spaceToDepth } from './space_to_depth.js';
import { split } from './split.js';
import { splitV } from './split_v.js';
import { sqrt } from './sqrt.js';
import { square } from './square.js';
import { squaredDifference } from './squared_difference.js';
import { squeeze } from './squeeze.js';
import { stridedSlice } from './strided_slice.js';
import { sub } from './sub.js';
import { sum } from './sum.js';
import { svdf } from './svdf.js';
import { tanh } from './tanh.js';
import { tile } from './tile.js';
import { topkV2 } from './topk_v2.js';
import { transpose } from './transpose.js';
import { transposeConv } from './transpose_conv.js';
import { unidirectionalSequenceLstm } from './unidirectional_sequence_lstm.js';
import { unpack } from './unpack.js';
import { unsupported } from './unsupported.js';
import { zerosLike } from './zeros_like.js';

const definitions: { readonly [T in OpType]: OpDefinition<T> } = {
  ABS: abs,
  ADD: add,
  ADD_N: addN,
  ARG_MAX: argMax,
  ARG_MIN: argMin,
  ASSIGN_VARIABLE: assignVariable,
  AVERAGE_POOL_2D: averagePool2d,
  BATCH_MATMUL: batchMatmul,
  BATCH_TO_SPACE_ND: batchToSpaceNd,
  BROADCAST_ARGS: broadcastArgs,
  BROADCAST_TO: broadcastTo,
  CAST: cast,
  CEIL: ceil,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  COS: cos,
  CUMSUM: cumsum,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEPTH_TO_SPACE: depthToSpace,
  DEQUANTIZE: dequantize,
  DIV: div,
  DYNAMIC_UPDATE_SLICE: dynamicUpdateSlice,
  ELU: elu,
  EMBEDDING_LOOKUP: embeddingLookup,
  EQUAL: equal,
  EXP: exp,
  EXPAND_DIMS: expandDims,
  FILL: fill,
  FLOOR: floor,
  FLOOR_DIV: floorDiv,
  FLOOR_MOD: floorMod,
  FULLY_CONNECTED: fullyConnected,
  GATHER: gather,
  GATHER_ND: gatherNd,
  GREATER: greater,
  GREATER_EQUAL: greaterEqual,
  HARD_SWISH: hardSwish,
  L2_NORMALIZATION: l2Normalization,
  L2_POOL_2D: l2Pool2d,
  LEAKY_RELU: leakyRelu,
  LESS: less,
  LESS_EQUAL: lessEqual,
  LOG: log,
  LOGICAL_AND: logicalAnd,
  LOGICAL_NOT: logicalNot,
  LOGICAL_OR: logicalOr,
  LOGISTIC: logistic,
  LOG_SOFTMAX: logSoftmax,
  LOOKUP_TABLE: lookupTable,
  MAXIMUM: maximum,
  MAX_POOL_2D: maxPool2d,
  MEAN: mean,
  MINIMUM: minimum,
  MIRROR_PAD: mirrorPad,
  MUL: mul,
  NEG: neg,
  NOT_EQUAL: notEqual,
  PACK: pack,
  PAD: pad,
  PADV2: padv2,
  PRELU: prelu,
  QUANTIZE: quantize,
  REDUCE_ALL: reduceAll,
  REDUCE_MAX: reduceMax,
  REDUCE_MIN: reduceMin,
  RELU6: relu6,
  READ_VARIABLE: readVariable,
  RELU: relu,
  RELU_0_TO_1: relu0To1,
  RELU_N1_TO_1: reluN1To1,
  RESHAPE: reshape,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearestNeighbor,
  REVERSE_V2: reverseV2,
  ROUND: round,
  ROW_CHAIN: rowChain((op) => definitionOf(op)),
  RSQRT: rsqrt,
  SCATTER_ND: scatterNd,
  SELECT_V2: selectV2,
  SHAPE: shape,
  SIN: sin,
  SLICE: slice,
  SOFTMAX: softmax,
  SPACE_TO_BATCH_ND: spaceToBatchNd,
  SPACE_TO_DEPTH: spaceToDepth,
  SPLIT: split,
  SPLIT_V: splitV,
  SQRT: sqrt,
  SQUARE: square,
  SQUARED_DIFFERENCE: squaredDifference,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: sub,
  SUM: sum,
  SVDF: svdf,
  TANH: tanh,
  TILE: tile,
  TOPK_V2: topkV2,
  TRANSPOSE: transpose,
  TRANSPOSE_CONV: transposeConv,
  UNIDIRECTIONAL_SEQUENCE_LSTM: unidirectionalSequenceLstm,
  UNPACK: unpack,
  UNSUPPORTED: unsupported,
  ZEROS_LIKE: zerosLike,
};

/** The definition of an op, typed by its own type. */
export function definitionOf<T extends OpType>(op: Op<T>): OpDefinition<T> {
  return definitions[op.type] as unknown as OpDefinition<T>;
}

export function allDefinitions(): readonly OpDefinition<OpType>[] {
  return Object.values(definitions) as unknown as OpDefinition<OpType>[];
}

/** The tensor that the op is about: its first input, but for those that begin with an axis or a shape. */
export function dataInput(op: AnyOp): number {
  return op.inputs[definitionOf(op as Op).data ?? 0] ?? -1;
}

export function macsOf(op: AnyOp, graph: Graph): number {
  return definitionOf(op as Op).macs(op as Op, graph);
}
