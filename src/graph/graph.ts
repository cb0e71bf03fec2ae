/**
 * The one intermediate form: a list of tensors and a list of operators in execution order that name tensors
 * by index. Plain, immutable data; importers build it, passes return new ones, and the simulator, planner and
 * code generator read it. Layouts are TFLite's: NHWC activations, OHWI convolution weights, 1HWC depthwise.
 */

/** Element types, TFLite's TensorType in lower case. int4 data are held unpacked, one element to an Int8Array slot. */
export type DType = 'int4' | 'int8' | 'uint8' | 'int16' | 'int32' | 'int64' | 'float32' | 'bool';

export type TensorData = Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array;

export type Shape = readonly number[];

/** real = scale · (q − zeroPoint). Per tensor when the arrays have one element, else one for each index of `axis`. */
export interface Quantization {
  /** float32 exactly as in the model; widen to double, never print and re-parse. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  /** The quantized dimension; meaningful only when `scale` has more than one element. */
  readonly axis: number;
}

export interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  /** Always static; [] is a scalar of one element. */
  readonly shape: Shape;
  readonly quantization?: Quantization;
  /** Present exactly when the tensor is a constant. */
  readonly data?: TensorData;
  /**
   * Present exactly when the tensor is state: it keeps its value from one inference to the next, and starts from this. It
   * is no op's output; operators with state name it among their inputs and write it there, as TFLite's do.
   */
  readonly initial?: TensorData;
}

/**
 * Attributes by operator type. Each file in src/ops adds its own entry by declaration merging, so the set of
 * operator types is the set of files there.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging in src/ops.
export interface OpAttributes {}

export type OpType = keyof OpAttributes;

export interface Op<T extends OpType = OpType> {
  readonly type: T;
  /** Unique in the graph; by default the name of the first output. */
  readonly name: string;
  /** Tensor indices; −1 is an absent optional input. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: OpAttributes[T];
}

/** One op of any type, attributes still paired with the type. */
export type AnyOp = { [T in OpType]: Op<T> }[OpType];

/** (x − mean) / std of a real value x: one of each for the whole tensor, or one for each index of its last axis. */
export interface Normalization {
  readonly mean: readonly number[];
  /** Above 0. */
  readonly std: readonly number[];
}

export interface Graph {
  /** A C identifier prefix candidate: from the file's name or the model's description. */
  readonly name: string;
  readonly tensors: readonly Tensor[];
  /** In an order in which every tensor is written before it is read. */
  readonly ops: readonly AnyOp[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /**
   * By position in `inputs`: how values of data files become the input's. A convention for whoever feeds the graph, which
   * computes the same without it; absent and null mean that data hold the input's own real values.
   */
  readonly normalization?: readonly (Normalization | null)[];
  /**
   * By position in `inputs`: data files have the channels before rows and columns, [C, H, W], where the tensor has them last.
   * A convention like `normalization`.
   */
  readonly channelsFirst?: readonly boolean[];
  /** Names of the classes by label, for data files that name them. */
  readonly classes?: readonly string[];
}
