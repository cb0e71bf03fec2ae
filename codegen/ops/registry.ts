/** How each operator becomes C: one line each, keyed by the operator's type. */
import type { Graph, Op, OpType } from '../../src/graph/graph.js';
import type { Layer, LowerContext, OpEmitter } from '../layer.js';
import { add } from './add.js';
import { averagePool2d } from './average_pool_2d.js';
import { batchToSpaceNd } from './batch_to_space_nd.js';
import { broadcastTo } from './broadcast_to.js';
import { cast } from './cast.js';
import { concatenation } from './concatenation.js';
import { conv2d } from './conv_2d.js';
import { depthToSpace } from './depth_to_space.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { dequantize } from './dequantize.js';
import { expandDims } from './expand_dims.js';
import { fill } from './fill.js';
import { fullyConnected } from './fully_connected.js';
import { gather } from './gather.js';
import { gatherNd } from './gather_nd.js';
import { maxPool2d } from './max_pool_2d.js';
import { mean } from './mean.js';
import { mirrorPad } from './mirror_pad.js';
import { mul } from './mul.js';
import { pack } from './pack.js';
import { pad } from './pad.js';
import { padv2 } from './padv2.js';
import { quantize } from './quantize.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { reshape } from './reshape.js';
import { reverseV2 } from './reverse_v2.js';
import { shape } from './shape.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { spaceToBatchNd } from './space_to_batch_nd.js';
import { spaceToDepth } from './space_to_depth.js';
import { split } from './split.js';
import { splitV } from './split_v.js';
import { squeeze } from './squeeze.js';
import { stridedSlice } from './strided_slice.js';
import { sub } from './sub.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unpack } from './unpack.js';
import { zerosLike } from './zeros_like.js';

/** Every operator but the stand-in for those that crimp does not know. */
export type EmittedOpType = Exclude<OpType, 'UNSUPPORTED'>;

const emitters: { readonly [T in EmittedOpType]: OpEmitter<T> } = {
  ADD: add,
  AVERAGE_POOL_2D: averagePool2d,
  BATCH_TO_SPACE_ND: batchToSpaceNd,
  BROADCAST_TO: broadcastTo,
  CAST: cast,
  CONCATENATION: concatenation,
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEPTH_TO_SPACE: depthToSpace,
  DEQUANTIZE: dequantize,
  EXPAND_DIMS: expandDims,
  FILL: fill,
  FULLY_CONNECTED: fullyConnected,
  GATHER: gather,
  GATHER_ND: gatherNd,
  MAX_POOL_2D: maxPool2d,
  MEAN: mean,
  MIRROR_PAD: mirrorPad,
  MUL: mul,
  PACK: pack,
  PAD: pad,
  PADV2: padv2,
  QUANTIZE: quantize,
  RELU6: relu6,
  RELU: relu,
  RESHAPE: reshape,
  REVERSE_V2: reverseV2,
  SHAPE: shape,
  SLICE: slice,
  SOFTMAX: softmax,
  SPACE_TO_BATCH_ND: spaceToBatchNd,
  SPACE_TO_DEPTH: spaceToDepth,
  SPLIT: split,
  SPLIT_V: splitV,
  SQUEEZE: squeeze,
  STRIDED_SLICE: stridedSlice,
  SUB: sub,
  TILE: tile,
  TRANSPOSE: transpose,
  UNPACK: unpack,
  ZEROS_LIKE: zerosLike,
};

export function emittedTypes(): readonly string[] {
  return Object.keys(emitters);
}

export function lowerOp(op: Op, graph: Graph, context: LowerContext): Layer {
  const emitter = (emitters as unknown as Record<string, OpEmitter<OpType> | undefined>)[op.type];
  if (!emitter) throw new Error(`${op.type} "${op.name}" has no emitter`);
  return emitter.lower(op, graph, context);
}
