/**
 * TensorFlow Lite's schema, version 3, as data: the tables and fields that crimp reads and writes. A field is
 * its id in the table and its type; `[T]` is a vector of T. Names and ids are those of schema.fbs (TFLite
 * schema 3d); fields that crimp has no use for are left out, which FlatBuffers allows in both directions.
 */

/** A field's id, its type and, where the schema has one other than zero, its default. */
type Field = readonly [id: number, type: string, preset?: number];

/** BuiltinOptions tables: also the members of the union, see `optionsUnion`. */
const optionsTables = {
  Conv2DOptions: {
    padding: [0, 'int8'],
    stride_w: [1, 'int32'],
    stride_h: [2, 'int32'],
    fused_activation_function: [3, 'int8'],
    dilation_w_factor: [4, 'int32', 1],
    dilation_h_factor: [5, 'int32', 1],
    quantized_bias_type: [6, 'int8'],
  },
  DepthwiseConv2DOptions: {
    padding: [0, 'int8'],
    stride_w: [1, 'int32'],
    stride_h: [2, 'int32'],
    depth_multiplier: [3, 'int32'],
    fused_activation_function: [4, 'int8'],
    dilation_w_factor: [5, 'int32', 1],
    dilation_h_factor: [6, 'int32', 1],
  },
  Pool2DOptions: {
    padding: [0, 'int8'],
    stride_w: [1, 'int32'],
    stride_h: [2, 'int32'],
    filter_width: [3, 'int32'],
    filter_height: [4, 'int32'],
    fused_activation_function: [5, 'int8'],
  },
  SVDFOptions: {
    rank: [0, 'int32'],
    fused_activation_function: [1, 'int8'],
    asymmetric_quantize_inputs: [2, 'bool'],
  },
  UnidirectionalSequenceLSTMOptions: {
    fused_activation_function: [0, 'int8'],
    cell_clip: [1, 'float32'],
    proj_clip: [2, 'float32'],
    time_major: [3, 'bool'],
    asymmetric_quantize_inputs: [4, 'bool'],
    diagonal_recurrent_tensors: [5, 'bool'],
  },
  CallOnceOptions: { init_subgraph_index: [0, 'int32'] },
  VarHandleOptions: { container: [0, 'string'], shared_name: [1, 'string'] },
  ReadVariableOptions: {},
  AssignVariableOptions: {},
  FullyConnectedOptions: {
    fused_activation_function: [0, 'int8'],
    weights_format: [1, 'int8'],
    keep_num_dims: [2, 'bool'],
    asymmetric_quantize_inputs: [3, 'bool'],
    quantized_bias_type: [4, 'int8'],
  },
  SoftmaxOptions: { beta: [0, 'float32'] },
  ConcatenationOptions: { axis: [0, 'int32'], fused_activation_function: [1, 'int8'] },
  AddNOptions: {},
  AddOptions: { fused_activation_function: [0, 'int8'], pot_scale_int16: [1, 'bool', 1] },
  SubOptions: { fused_activation_function: [0, 'int8'], pot_scale_int16: [1, 'bool', 1] },
  MulOptions: { fused_activation_function: [0, 'int8'] },
  ReshapeOptions: { new_shape: [0, '[int32]'] },
  PadOptions: {},
  ReducerOptions: { keep_dims: [0, 'bool'] },
  QuantizeOptions: {},
  DequantizeOptions: {},
  TransposeOptions: {},
  SqueezeOptions: { squeeze_dims: [0, '[int32]'] },
  ExpandDimsOptions: {},
  SplitOptions: { num_splits: [0, 'int32'] },
  SplitVOptions: { num_splits: [0, 'int32'] },
  SliceOptions: {},
  StridedSliceOptions: {
    begin_mask: [0, 'int32'],
    end_mask: [1, 'int32'],
    ellipsis_mask: [2, 'int32'],
    new_axis_mask: [3, 'int32'],
    shrink_axis_mask: [4, 'int32'],
    offset: [5, 'bool'],
  },
  PackOptions: { values_count: [0, 'int32'], axis: [1, 'int32'] },
  UnpackOptions: { num: [0, 'int32'], axis: [1, 'int32'] },
  GatherOptions: { axis: [0, 'int32'], batch_dims: [1, 'int32'] },
  GatherNdOptions: {},
  SpaceToDepthOptions: { block_size: [0, 'int32'] },
  DepthToSpaceOptions: { block_size: [0, 'int32'] },
  SpaceToBatchNDOptions: {},
  BatchToSpaceNDOptions: {},
  BroadcastToOptions: {},
  TileOptions: {},
  PadV2Options: {},
  MirrorPadOptions: { mode: [0, 'int8'] },
  ReverseV2Options: {},
  FillOptions: {},
  ZerosLikeOptions: {},
  ShapeOptions: { out_type: [0, 'int8'] },
  CastOptions: {},
  CumsumOptions: { exclusive: [0, 'bool'], reverse: [1, 'bool'] },
  DynamicUpdateSliceOptions: {},
  L2NormOptions: { fused_activation_function: [0, 'int8'] },
  LeakyReluOptions: { alpha: [0, 'float32'] },
  LogSoftmaxOptions: {},
  HardSwishOptions: {},
  AbsOptions: {},
  CosOptions: {},
  ExpOptions: {},
  NegOptions: {},
  SquareOptions: {},
  MaximumMinimumOptions: {},
  EqualOptions: {},
  NotEqualOptions: {},
  GreaterOptions: {},
  GreaterEqualOptions: {},
  LessOptions: {},
  LessEqualOptions: {},
  LogicalAndOptions: {},
  LogicalOrOptions: {},
  LogicalNotOptions: {},
  DivOptions: { fused_activation_function: [0, 'int8'] },
  FloorDivOptions: {},
  FloorModOptions: {},
  SquaredDifferenceOptions: {},
  ScatterNdOptions: {},
  SelectV2Options: {},
  ArgMaxOptions: { output_type: [0, 'int8'] },
  ArgMinOptions: { output_type: [0, 'int8'] },
  ResizeBilinearOptions: { align_corners: [2, 'bool'], half_pixel_centers: [3, 'bool'] },
  ResizeNearestNeighborOptions: { align_corners: [0, 'bool'], half_pixel_centers: [1, 'bool'] },
  TopKV2Options: {},
  TransposeConvOptions: {
    padding: [0, 'int8'],
    stride_w: [1, 'int32'],
    stride_h: [2, 'int32'],
    fused_activation_function: [3, 'int8'],
    quantized_bias_type: [4, 'int8'],
  },
  BatchMatMulOptions: { adj_x: [0, 'bool'], adj_y: [1, 'bool'], asymmetric_quantize_inputs: [2, 'bool'] },
} as const satisfies Record<string, Record<string, Field>>;

/** Discriminators of the BuiltinOptions union, for the members above. */
export const optionsUnion: Record<OptionsName, number> = {
  Conv2DOptions: 1,
  DepthwiseConv2DOptions: 2,
  Pool2DOptions: 5,
  SVDFOptions: 6,
  FullyConnectedOptions: 8,
  SoftmaxOptions: 9,
  ConcatenationOptions: 10,
  AddOptions: 11,
  L2NormOptions: 12,
  ResizeBilinearOptions: 15,
  ReshapeOptions: 17,
  SpaceToDepthOptions: 19,
  MulOptions: 21,
  PadOptions: 22,
  GatherOptions: 23,
  BatchToSpaceNDOptions: 24,
  SpaceToBatchNDOptions: 25,
  TransposeOptions: 26,
  ReducerOptions: 27,
  SubOptions: 28,
  DivOptions: 29,
  SqueezeOptions: 30,
  StridedSliceOptions: 32,
  ExpOptions: 33,
  TopKV2Options: 34,
  SplitOptions: 35,
  LogSoftmaxOptions: 36,
  CastOptions: 37,
  DequantizeOptions: 38,
  MaximumMinimumOptions: 39,
  ArgMaxOptions: 40,
  LessOptions: 41,
  NegOptions: 42,
  PadV2Options: 43,
  GreaterOptions: 44,
  GreaterEqualOptions: 45,
  LessEqualOptions: 46,
  SliceOptions: 48,
  TransposeConvOptions: 49,
  TileOptions: 51,
  ExpandDimsOptions: 52,
  EqualOptions: 53,
  NotEqualOptions: 54,
  ShapeOptions: 55,
  ArgMinOptions: 57,
  PackOptions: 59,
  LogicalOrOptions: 60,
  LogicalAndOptions: 62,
  LogicalNotOptions: 63,
  UnpackOptions: 64,
  FloorDivOptions: 65,
  SquareOptions: 66,
  ZerosLikeOptions: 67,
  FillOptions: 68,
  FloorModOptions: 72,
  UnidirectionalSequenceLSTMOptions: 71,
  ResizeNearestNeighborOptions: 74,
  LeakyReluOptions: 75,
  SquaredDifferenceOptions: 76,
  MirrorPadOptions: 77,
  AbsOptions: 78,
  SplitVOptions: 79,
  ReverseV2Options: 81,
  AddNOptions: 82,
  GatherNdOptions: 83,
  CosOptions: 84,
  QuantizeOptions: 89,
  HardSwishOptions: 91,
  DepthToSpaceOptions: 94,
  ScatterNdOptions: 97,
  SelectV2Options: 98,
  BatchMatMulOptions: 101,
  CumsumOptions: 102,
  CallOnceOptions: 103,
  BroadcastToOptions: 104,
  VarHandleOptions: 111,
  ReadVariableOptions: 112,
  AssignVariableOptions: 113,
  DynamicUpdateSliceOptions: 117,
};

export const tables = {
  Model: {
    version: [0, 'uint32'],
    operator_codes: [1, '[OperatorCode]'],
    subgraphs: [2, '[SubGraph]'],
    description: [3, 'string'],
    buffers: [4, '[Buffer]'],
    metadata: [6, '[Metadata]'],
    signature_defs: [7, '[SignatureDef]'],
  },
  OperatorCode: {
    deprecated_builtin_code: [0, 'int8'],
    custom_code: [1, 'string'],
    version: [2, 'int32', 1],
    builtin_code: [3, 'int32'],
  },
  SubGraph: {
    tensors: [0, '[Tensor]'],
    inputs: [1, '[int32]'],
    outputs: [2, '[int32]'],
    operators: [3, '[Operator]'],
    name: [4, 'string'],
  },
  Tensor: {
    shape: [0, '[int32]'],
    type: [1, 'int8'],
    buffer: [2, 'uint32'],
    name: [3, 'string'],
    quantization: [4, 'QuantizationParameters'],
    is_variable: [5, 'bool'],
    sparsity: [6, 'SparsityParameters'],
    shape_signature: [7, '[int32]'],
    external_buffer: [10, 'uint32'],
  },
  QuantizationParameters: {
    scale: [2, '[float32]'],
    zero_point: [3, '[int64]'],
    details_type: [4, 'uint8'],
    quantized_dimension: [6, 'int32'],
  },
  SparsityParameters: {},
  /** Fields 3 and 4 are the BuiltinOptions union; its table is read and written by its own name. */
  Operator: {
    opcode_index: [0, 'uint32'],
    inputs: [1, '[int32]'],
    outputs: [2, '[int32]'],
    builtin_options_type: [3, 'uint8'],
    builtin_options: [4, 'union'],
    intermediates: [8, '[int32]'],
    builtin_options_2_type: [11, 'uint8'],
  },
  Buffer: { data: [0, '[uint8]'], offset: [1, 'uint64'], size: [2, 'uint64'] },
  Metadata: { name: [0, 'string'], buffer: [1, 'uint32'] },
  TensorMap: { name: [0, 'string'], tensor_index: [1, 'uint32'] },
  SignatureDef: {
    inputs: [0, '[TensorMap]'],
    outputs: [1, '[TensorMap]'],
    signature_key: [2, 'string'],
    subgraph_index: [4, 'uint32'],
  },
  ...optionsTables,
} as const satisfies Record<string, Record<string, Field>>;

export type TableName = keyof typeof tables;
export type OptionsName = keyof typeof optionsTables;

/** The options table of a union discriminator, when it is one that crimp knows. */
export function optionsNameOf(discriminator: number): OptionsName | undefined {
  return (Object.keys(optionsUnion) as OptionsName[]).find((name) => optionsUnion[name] === discriminator);
}

/** Bytes of a scalar in a FlatBuffer. */
export const scalarBytes = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
} as const;
export type Scalar = keyof typeof scalarBytes;

export function isScalar(type: string): type is Scalar {
  return Object.hasOwn(scalarBytes, type);
}

/** `T` of a vector type `[T]`. */
export function elementOf(type: string): string | undefined {
  return type.startsWith('[') ? type.slice(1, -1) : undefined;
}

/** A field's value in JavaScript: 64-bit integers as numbers (bounds are checked by whoever uses them). */
type Value<T> = T extends 'bool'
  ? boolean
  : T extends Scalar
    ? number
    : T extends 'string'
      ? string
      : T extends '[uint8]'
        ? Uint8Array
        : T extends '[float32]'
          ? Float32Array
          : T extends `[${infer E}]`
            ? E extends Scalar
              ? readonly number[]
              : readonly Row<E & TableName>[]
            : T extends 'union'
              ? { readonly name: OptionsName; readonly table: OptionsRow }
              : Row<T & TableName>;

/** Scalars are always there (as their default when the file leaves them out), the rest only when present. */
type FieldValue<F> = F extends readonly [number, infer T, ...unknown[]]
  ? T extends Scalar
    ? Value<T>
    : Value<T> | undefined
  : never;

/** A table as a plain object. */
export type Row<N extends TableName> = {
  readonly [K in keyof (typeof tables)[N]]: FieldValue<(typeof tables)[N][K]>;
};

/** A table to write: a field left out has its default. */
export type Draft<N extends TableName> = {
  readonly [K in keyof (typeof tables)[N]]?: (typeof tables)[N][K] extends readonly [
    number,
    infer T,
    ...unknown[],
  ]
    ? DraftValue<T>
    : never;
};

type DraftValue<T> = T extends `[${infer E}]`
  ? E extends Scalar
    ? ArrayLike<number>
    : readonly Draft<E & TableName>[]
  : T extends Scalar | 'string' | 'union'
    ? Value<T>
    : Draft<T & TableName>;

/** Any options table, field by field. */
export type OptionsRow = Readonly<Record<string, number | boolean | string | readonly number[] | undefined>>;

/** TensorType by value. */
export const tensorTypes = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
  'BFLOAT16',
  'INT2',
  'UINT4',
  'FLOAT8_E4M3FN',
  'FLOAT8_E5M2',
] as const;

/** Padding and ActivationFunctionType by value. */
export const paddings = ['SAME', 'VALID'] as const;
export const activations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;
