/** The nodes of GraphModels that can be imported, by TensorFlow's names. */
import { broadcastShape } from '../../../ops/broadcast.js';
import { type Activation, activate } from '../activation.js';
import type { NodeImporter } from '../node.js';
import { Unsupported } from '../value.js';
import {
  addN,
  argExtremum,
  batchMatMul,
  cast,
  clip,
  binary as computed,
  fusedBatchNorm,
  reduction,
  resized,
  unary,
} from './compute.js';
import {
  batchToSpace,
  blocks,
  broadcastTo,
  expandDims,
  gather,
  mirrorPad,
  pack,
  padV2,
  reverse,
  slice,
  spaceToBatch,
  split,
  splitV,
  stridedSlice,
  tile,
  transpose,
  unpack,
} from './move.js';
import { concat, padNode, pool, reshape, squeeze } from './shapes.js';
import { conv, convTranspose, depthwise, matMul } from './weighted.js';

const identity: NodeImporter = (node) => node.value(0);

function activation(kind: Activation): NodeImporter {
  return (node) => activate(node.graph, node.name, node.value(0), kind);
}

/** Of two computed values, or of one and a constant. */
function binary(type: 'ADD' | 'SUB' | 'MUL' | 'MAXIMUM' | 'MINIMUM'): NodeImporter {
  return (node) => {
    const [a, b] = [node.operand(0), node.operand(1)];
    const shape = broadcastShape(a.shape, b.shape);
    if (!shape)
      throw new Unsupported(`has inputs of shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
    const attributes = type === 'MAXIMUM' || type === 'MINIMUM' ? {} : { activation: 'NONE' as const };
    return node.graph.op(type, node.name, [a.tensor, b.tensor], attributes, shape);
  };
}

const leakyRelu: NodeImporter = (node) => {
  const alpha = Math.fround(node.options.number('alpha', 0.2));
  const { tensor, shape } = node.value(0);
  return node.graph.op('LEAKY_RELU', node.name, [tensor], { alpha }, shape);
};

export const nodeImporters: Readonly<Record<string, NodeImporter>> = {
  _FusedConv2D: conv,
  _FusedMatMul: matMul,
  Abs: unary('ABS'),
  Add: binary('ADD'),
  AddN: addN,
  AddV2: binary('ADD'),
  ArgMax: argExtremum('ARG_MAX'),
  ArgMin: argExtremum('ARG_MIN'),
  AvgPool: pool('AVERAGE_POOL_2D'),
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  BatchToSpaceND: batchToSpace,
  BiasAdd: binary('ADD'),
  BroadcastTo: broadcastTo,
  Cast: cast,
  Ceil: unary('CEIL'),
  ClipByValue: clip,
  ConcatV2: concat,
  Conv2D: conv,
  Conv2DBackpropInput: convTranspose,
  Cos: unary('COS'),
  DepthToSpace: blocks('DEPTH_TO_SPACE'),
  DepthwiseConv2dNative: depthwise,
  Div: computed('DIV'),
  Elu: activation('elu'),
  Exp: unary('EXP'),
  ExpandDims: expandDims,
  Floor: unary('FLOOR'),
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  FusedDepthwiseConv2dNative: depthwise,
  GatherV2: gather,
  Identity: identity,
  LeakyRelu: leakyRelu,
  Log: unary('LOG'),
  LogSoftmax: activation('log_softmax'),
  MatMul: matMul,
  Max: reduction('REDUCE_MAX'),
  Maximum: binary('MAXIMUM'),
  MaxPool: pool('MAX_POOL_2D'),
  Mean: reduction('MEAN'),
  Min: reduction('REDUCE_MIN'),
  Minimum: binary('MINIMUM'),
  MirrorPad: mirrorPad,
  Mul: binary('MUL'),
  Neg: unary('NEG'),
  Pack: pack,
  Pad: padNode,
  PadV2: padV2,
  Prelu: computed('PRELU'),
  RealDiv: computed('DIV'),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Reshape: reshape,
  ResizeBilinear: resized('RESIZE_BILINEAR'),
  ResizeNearestNeighbor: resized('RESIZE_NEAREST_NEIGHBOR'),
  ReverseV2: reverse,
  Round: unary('ROUND'),
  Rsqrt: unary('RSQRT'),
  Selu: activation('selu'),
  Sigmoid: activation('sigmoid'),
  Sin: unary('SIN'),
  Slice: slice,
  Softmax: activation('softmax'),
  Softplus: activation('softplus'),
  SpaceToBatchND: spaceToBatch,
  SpaceToDepth: blocks('SPACE_TO_DEPTH'),
  Split: split,
  SplitV: splitV,
  Sqrt: unary('SQRT'),
  Square: unary('SQUARE'),
  SquaredDifference: computed('SQUARED_DIFFERENCE'),
  Squeeze: squeeze,
  StopGradient: identity,
  StridedSlice: stridedSlice,
  Sub: binary('SUB'),
  Sum: reduction('SUM'),
  Tanh: activation('tanh'),
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
};
