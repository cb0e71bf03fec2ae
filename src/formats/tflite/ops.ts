/**
 * How each operator stands in a .tflite file: its options table, which option is which attribute, and the
 * operator version that its dtypes ask for (as TFLite's op_version.cc assigns them). One line an operator, used
 * by import and export alike.
 */
import { inputTensor } from '../../graph/access.js';
import type { DType, Graph, Op, OpAttributes, OpType } from '../../graph/graph.js';
import { activations, type OptionsName, type OptionsRow, paddings, tables } from './schema.js';
import {
  batchSpaceVersion,
  broadcastToVersion,
  castVersion,
  convVersion,
  depthwiseVersion,
  divVersion,
  dynamicUpdateSliceVersion,
  extremumVersion,
  fillVersion,
  fullyConnectedVersion,
  gatherVersion,
  mulVersion,
  padVersion,
  quantizeVersion,
  resizeVersion,
  sliceVersion,
  splitVersion,
  stridedSliceVersion,
  subVersion,
  transposeConvVersion,
  transposeVersion,
} from './versions.js';

/** Paths of an attributes object: `padding`, `stride.height`. */
type Path<A> = {
  [K in keyof A & string]-?: NonNullable<A[K]> extends readonly unknown[]
    ? K
    : NonNullable<A[K]> extends object
      ? `${K}.${Path<NonNullable<A[K]>>}`
      : K;
}[keyof A & string];

/** An attribute, and for an enumeration its values' names; undefined in the list is "attribute absent". */
type Link<A> = Path<A> | readonly [Path<A>, readonly (string | undefined)[]];

/** Operator version by the first input's dtype (1 for those not named), or computed. */
type Versions<T extends OpType> = Partial<Record<DType, number>> | ((op: Op<T>, graph: Graph) => number);

interface OpFormat<T extends OpType> {
  readonly options?: OptionsName;
  /** Option field → attribute. Fields that are not here must have their default, or what is always written. */
  readonly links: Readonly<Record<string, Link<OpAttributes[T]>>>;
  /** Options that are written although no attribute asks for them. */
  readonly always?: OptionsRow;
  readonly versions: Versions<T>;
}

export type FormattedOpType = Exclude<OpType, 'UNSUPPORTED' | 'LOOKUP_TABLE' | 'ROW_CHAIN'>;

const padding = ['padding', paddings] as const;
const activation = ['activation', activations] as const;
/** By TensorType; FLOAT32 is 0, the field's default, and means "not set". */
const biasType = ['quantizedBiasType', [undefined, undefined, 'int32', undefined, 'int64']] as const;
/** By TensorType; FLOAT32, the field's default, means int32. */
const shapeType = ['outType', [undefined, undefined, 'int32', undefined, 'int64']] as const;
/** A TensorType: the only one that TFLM gives. */
const int32Index = 2;
const resize = { align_corners: 'alignCorners', half_pixel_centers: 'halfPixelCenters' } as const;
const stride = { stride_h: 'stride.height', stride_w: 'stride.width' } as const;
const dilation = { dilation_h_factor: 'dilation.height', dilation_w_factor: 'dilation.width' } as const;
const filter = { filter_height: 'filter.height', filter_width: 'filter.width' } as const;
const int8Two = { int8: 2, int16: 3 } as const;
const relu = { int8: 2, uint8: 2, int16: 3 } as const;

export const opFormats: { readonly [T in FormattedOpType]: OpFormat<T> } = {
  ABS: { options: 'AbsOptions', links: {}, versions: { int8: 2, int16: 3 } },
  ADD: {
    options: 'AddOptions',
    links: { fused_activation_function: activation },
    // Any scales for int16, as TFLM computes it; true would ask for powers of two.
    always: { pot_scale_int16: false },
    versions: { int8: 2, int16: 3, int64: 4 },
  },
  ADD_N: { options: 'AddNOptions', links: {}, versions: {} },
  // The output's own type says it; TFLite refuses an index that is "not set", TFLM does not look.
  ARG_MAX: {
    options: 'ArgMaxOptions',
    links: {},
    always: { output_type: int32Index },
    versions: { int8: 2 },
  },
  ARG_MIN: {
    options: 'ArgMinOptions',
    links: {},
    always: { output_type: int32Index },
    versions: { int8: 2 },
  },
  ASSIGN_VARIABLE: { options: 'AssignVariableOptions', links: {}, versions: {} },
  AVERAGE_POOL_2D: {
    options: 'Pool2DOptions',
    links: { padding, ...stride, ...filter, fused_activation_function: activation },
    versions: int8Two,
  },
  BATCH_MATMUL: { options: 'BatchMatMulOptions', links: { adj_x: 'adjX', adj_y: 'adjY' }, versions: int8Two },
  BATCH_TO_SPACE_ND: { options: 'BatchToSpaceNDOptions', links: {}, versions: batchSpaceVersion },
  BROADCAST_ARGS: { links: {}, versions: {} },
  BROADCAST_TO: { options: 'BroadcastToOptions', links: {}, versions: broadcastToVersion },
  CAST: { options: 'CastOptions', links: {}, versions: castVersion },
  CEIL: { links: {}, versions: {} },
  // TFLM and TFLite refuse a fused activation.
  CONCATENATION: { options: 'ConcatenationOptions', links: { axis: 'axis' }, versions: int8Two },
  CONV_2D: {
    options: 'Conv2DOptions',
    links: {
      padding,
      ...stride,
      ...dilation,
      fused_activation_function: activation,
      quantized_bias_type: biasType,
    },
    versions: convVersion,
  },
  COS: { options: 'CosOptions', links: {}, versions: {} },
  CUMSUM: {
    options: 'CumsumOptions',
    links: { exclusive: 'exclusive', reverse: 'reverse' },
    versions: {},
  },
  DEPTHWISE_CONV_2D: {
    options: 'DepthwiseConv2DOptions',
    links: {
      padding,
      ...stride,
      ...dilation,
      depth_multiplier: 'depthMultiplier',
      fused_activation_function: activation,
    },
    versions: depthwiseVersion,
  },
  DEPTH_TO_SPACE: {
    options: 'DepthToSpaceOptions',
    links: { block_size: 'blockSize' },
    versions: { int8: 2 },
  },
  DEQUANTIZE: { options: 'DequantizeOptions', links: {}, versions: { int4: 6, int8: 2, int16: 3 } },
  DIV: { options: 'DivOptions', links: { fused_activation_function: activation }, versions: divVersion },
  DYNAMIC_UPDATE_SLICE: {
    options: 'DynamicUpdateSliceOptions',
    links: {},
    versions: dynamicUpdateSliceVersion,
  },
  ELU: { links: {}, versions: {} },
  EMBEDDING_LOOKUP: { links: {}, versions: {} },
  EQUAL: { options: 'EqualOptions', links: {}, versions: { int8: 2 } },
  EXP: { options: 'ExpOptions', links: {}, versions: {} },
  EXPAND_DIMS: { options: 'ExpandDimsOptions', links: {}, versions: {} },
  FILL: { options: 'FillOptions', links: {}, versions: fillVersion },
  FLOOR: { links: {}, versions: {} },
  FLOOR_DIV: { options: 'FloorDivOptions', links: {}, versions: {} },
  FLOOR_MOD: { options: 'FloorModOptions', links: {}, versions: {} },
  FULLY_CONNECTED: {
    options: 'FullyConnectedOptions',
    links: {
      fused_activation_function: activation,
      weights_format: ['weightsFormat', ['DEFAULT', 'SHUFFLED4x16INT8']],
      keep_num_dims: 'keepNumDims',
      quantized_bias_type: biasType,
    },
    versions: fullyConnectedVersion,
  },
  GATHER: {
    options: 'GatherOptions',
    links: { axis: 'axis', batch_dims: 'batchDims' },
    versions: gatherVersion,
  },
  GATHER_ND: { options: 'GatherNdOptions', links: {}, versions: { int16: 3, bool: 5 } },
  GREATER: { options: 'GreaterOptions', links: {}, versions: { int8: 2 } },
  GREATER_EQUAL: { options: 'GreaterEqualOptions', links: {}, versions: { int8: 2, int16: 3 } },
  HARD_SWISH: { options: 'HardSwishOptions', links: {}, versions: {} },
  L2_NORMALIZATION: {
    options: 'L2NormOptions',
    links: { fused_activation_function: activation },
    versions: { int8: 2 },
  },
  L2_POOL_2D: {
    options: 'Pool2DOptions',
    links: { padding, ...stride, ...filter, fused_activation_function: activation },
    versions: {},
  },
  LEAKY_RELU: { options: 'LeakyReluOptions', links: { alpha: 'alpha' }, versions: { int16: 2 } },
  LESS: { options: 'LessOptions', links: {}, versions: { int8: 2 } },
  LESS_EQUAL: { options: 'LessEqualOptions', links: {}, versions: { int8: 2 } },
  LOG: { links: {}, versions: {} },
  LOGICAL_AND: { options: 'LogicalAndOptions', links: {}, versions: {} },
  LOGICAL_NOT: { options: 'LogicalNotOptions', links: {}, versions: {} },
  LOGICAL_OR: { options: 'LogicalOrOptions', links: {}, versions: {} },
  LOGISTIC: { links: {}, versions: int8Two },
  LOG_SOFTMAX: { options: 'LogSoftmaxOptions', links: {}, versions: { int8: 2 } },
  MAXIMUM: { options: 'MaximumMinimumOptions', links: {}, versions: extremumVersion },
  MAX_POOL_2D: {
    options: 'Pool2DOptions',
    links: { padding, ...stride, ...filter, fused_activation_function: activation },
    versions: int8Two,
  },
  MEAN: { options: 'ReducerOptions', links: { keep_dims: 'keepDims' }, versions: int8Two },
  MINIMUM: { options: 'MaximumMinimumOptions', links: {}, versions: extremumVersion },
  MIRROR_PAD: {
    options: 'MirrorPadOptions',
    links: { mode: ['mode', ['REFLECT', 'SYMMETRIC']] },
    versions: int8Two,
  },
  MUL: { options: 'MulOptions', links: { fused_activation_function: activation }, versions: mulVersion },
  NEG: { options: 'NegOptions', links: {}, versions: {} },
  NOT_EQUAL: { options: 'NotEqualOptions', links: {}, versions: { int8: 2 } },
  PACK: { options: 'PackOptions', links: { values_count: 'valuesCount', axis: 'axis' }, versions: int8Two },
  PAD: {
    options: 'PadOptions',
    links: {},
    versions: padVersion,
  },
  PADV2: { options: 'PadV2Options', links: {}, versions: padVersion },
  PRELU: { links: {}, versions: {} },
  QUANTIZE: {
    options: 'QuantizeOptions',
    links: {},
    versions: quantizeVersion,
  },
  REDUCE_ALL: { options: 'ReducerOptions', links: { keep_dims: 'keepDims' }, versions: {} },
  REDUCE_MAX: { options: 'ReducerOptions', links: { keep_dims: 'keepDims' }, versions: int8Two },
  REDUCE_MIN: { options: 'ReducerOptions', links: { keep_dims: 'keepDims' }, versions: int8Two },
  READ_VARIABLE: { options: 'ReadVariableOptions', links: {}, versions: {} },
  RELU: { links: {}, versions: relu },
  RELU6: { links: {}, versions: int8Two },
  RELU_0_TO_1: { links: {}, versions: {} },
  RELU_N1_TO_1: { links: {}, versions: {} },
  RESHAPE: { options: 'ReshapeOptions', links: { new_shape: 'newShape' }, versions: {} },
  RESIZE_BILINEAR: { options: 'ResizeBilinearOptions', links: resize, versions: resizeVersion },
  RESIZE_NEAREST_NEIGHBOR: {
    options: 'ResizeNearestNeighborOptions',
    links: resize,
    versions: resizeVersion,
  },
  REVERSE_V2: { options: 'ReverseV2Options', links: {}, versions: { bool: 2, int8: 3 } },
  ROUND: { links: {}, versions: {} },
  RSQRT: { links: {}, versions: { int8: 2, int16: 3 } },
  SCATTER_ND: { options: 'ScatterNdOptions', links: {}, versions: {} },
  SELECT_V2: { options: 'SelectV2Options', links: {}, versions: {} },
  SHAPE: { options: 'ShapeOptions', links: { out_type: shapeType }, versions: {} },
  SIN: { links: {}, versions: {} },
  SLICE: { options: 'SliceOptions', links: {}, versions: sliceVersion },
  SOFTMAX: { options: 'SoftmaxOptions', links: { beta: 'beta' }, versions: int8Two },
  SPACE_TO_BATCH_ND: { options: 'SpaceToBatchNDOptions', links: {}, versions: batchSpaceVersion },
  SPACE_TO_DEPTH: {
    options: 'SpaceToDepthOptions',
    links: { block_size: 'blockSize' },
    versions: { int8: 2 },
  },
  SPLIT: { options: 'SplitOptions', links: { num_splits: 'numSplits' }, versions: splitVersion },
  SPLIT_V: { options: 'SplitVOptions', links: { num_splits: 'numSplits' }, versions: { int8: 2 } },
  SQRT: { links: {}, versions: {} },
  SQUARE: { options: 'SquareOptions', links: {}, versions: {} },
  SQUARED_DIFFERENCE: { options: 'SquaredDifferenceOptions', links: {}, versions: { int8: 2 } },
  SQUEEZE: { options: 'SqueezeOptions', links: { squeeze_dims: 'squeezeDims' }, versions: {} },
  STRIDED_SLICE: {
    options: 'StridedSliceOptions',
    links: {
      begin_mask: 'beginMask',
      end_mask: 'endMask',
      ellipsis_mask: 'ellipsisMask',
      new_axis_mask: 'newAxisMask',
      shrink_axis_mask: 'shrinkAxisMask',
      offset: 'offset',
    },
    versions: stridedSliceVersion,
  },
  SUB: {
    options: 'SubOptions',
    links: { fused_activation_function: activation },
    // As for ADD.
    always: { pot_scale_int16: false },
    versions: subVersion,
  },
  SUM: { options: 'ReducerOptions', links: { keep_dims: 'keepDims' }, versions: { int8: 2 } },
  SVDF: {
    options: 'SVDFOptions',
    links: { rank: 'rank', fused_activation_function: activation },
    versions: { int8: 3 },
  },
  TANH: { links: {}, versions: int8Two },
  TILE: { options: 'TileOptions', links: {}, versions: { int8: 3 } },
  TOPK_V2: { options: 'TopKV2Options', links: {}, versions: { int8: 2, uint8: 2, int16: 3 } },
  TRANSPOSE: { options: 'TransposeOptions', links: {}, versions: transposeVersion },
  TRANSPOSE_CONV: {
    options: 'TransposeConvOptions',
    links: { padding, ...stride, fused_activation_function: activation },
    versions: transposeConvVersion,
  },
  UNIDIRECTIONAL_SEQUENCE_LSTM: {
    options: 'UnidirectionalSequenceLSTMOptions',
    links: { fused_activation_function: activation, cell_clip: 'cellClip', time_major: 'timeMajor' },
    versions: { int16: 5 },
  },
  UNPACK: {
    options: 'UnpackOptions',
    links: { num: 'num', axis: 'axis' },
    versions: { int8: 2, uint8: 2, bool: 3, int16: 4 },
  },
  ZEROS_LIKE: { options: 'ZerosLikeOptions', links: {}, versions: {} },
};

export function isFormatted(type: string): type is FormattedOpType {
  return Object.hasOwn(opFormats, type);
}

/** The operator version to write. */
export function versionOf(op: Op<FormattedOpType>, graph: Graph): number {
  const { versions } = opFormats[op.type] as OpFormat<FormattedOpType>;
  return typeof versions === 'function' ? versions(op, graph) : (versions[inputTensor(graph, op).dtype] ?? 1);
}

/** The attributes that an options table says, or why they cannot be taken. */
export function attributesOf(
  type: FormattedOpType,
  row: OptionsRow,
): { attributes: object } | { reason: string } {
  const { options, links, always } = opFormats[type] as OpFormat<FormattedOpType>;
  const attributes: Record<string, unknown> = {};
  for (const field of options ? Object.keys(tables[options]) : []) {
    const link = (links as Record<string, Link<never>>)[field];
    const raw = row[field];
    if (link === undefined) {
      const known =
        raw === undefined || Number(raw) === defaultOf(options!, field) || raw === always?.[field];
      if (!known && !ignored.has(field)) {
        return { reason: `${type} with ${field} = ${raw} is not supported` };
      }
      continue;
    }
    const [path, names] =
      typeof link === 'string' ? [link as string] : (link as readonly [string, readonly string[]]);
    if (names && !((raw as number) in names)) return { reason: `${type} has the unknown ${field} ${raw}` };
    const value = names ? names[raw as number] : raw;
    if (value !== undefined) setPath(attributes, path.split('.'), value);
  }
  return { attributes };
}

/** The options table of an op's attributes. */
export function optionsOf(op: Op<FormattedOpType>): OptionsRow {
  const { links, always } = opFormats[op.type] as OpFormat<FormattedOpType>;
  const row: Record<string, OptionsRow[string]> = { ...always };
  for (const [field, link] of Object.entries(
    links as Record<string, string | readonly [string, readonly string[]]>,
  )) {
    const [path, names] = typeof link === 'string' ? [link] : link;
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], op.attributes);
    row[field] = names ? names.indexOf(value as string) : (value as OptionsRow[string]);
  }
  return row;
}

/** Options without a meaning for integer and float32 reference kernels. */
const ignored = new Set(['pot_scale_int16', 'asymmetric_quantize_inputs']);

function defaultOf(options: OptionsName, field: string): number {
  return (tables[options] as Record<string, readonly [number, string, number?]>)[field]?.[2] ?? 0;
}

function setPath(target: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[key!] = value;
  else {
    target[key!] ??= {};
    setPath(target[key!] as Record<string, unknown>, rest, value);
  }
}
