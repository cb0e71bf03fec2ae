/** What code generation yields: the files of one model, and exactly where everything lies. */
import type { DType, OpType, Quantization, Shape } from '../src/graph/graph.js';

export interface ArenaRange {
  readonly offset: number;
  readonly bytes: number;
}

/** An input or output of the model. */
export interface SourceIo {
  /** Tensor index in the graph. */
  readonly index: number;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: Quantization;
  readonly bytes: number;
}

export interface SourceOutput extends SourceIo, ArenaRange {}

export interface SourceInput extends SourceIo {
  /** In the arena; absent where the input is given row by row. */
  readonly offset?: number;
  /** Set where the program gives the input row by row. */
  readonly byRows?: {
    /** Those that are asked for, from the first on. */
    readonly count: number;
    /** Of each. */
    readonly bytes: number;
    /** What the program has to define, `void NAME(uint32_t row, T *to)`: `vww_read_input_row`. */
    readonly read: string;
  };
}

/** One function of the emitted C, in execution order; operators that cost nothing (views) have none. */
export interface SourceLayer {
  /** Index in graph.ops. */
  readonly op: number;
  readonly name: string;
  readonly type: OpType;
  /** `portable/conv_2d_s8` */
  readonly kernel: string;
  /** `kws_layer_03_conv_2d` */
  readonly symbol: string;
  readonly macs: number;
}

/** A tensor that can be read while the model runs: complete after `layers[layer]`, until the next one runs. */
export interface SourceTensor extends ArenaRange {
  readonly index: number;
  readonly name: string;
  /** Index in `Sources.layers`. */
  readonly layer: number;
}

/** A tensor that keeps its value between inferences. */
export interface SourceState extends ArenaRange {
  readonly index: number;
  readonly name: string;
}

export interface Sources {
  /** A C identifier; begins every symbol. */
  readonly prefix: string;
  /** The graph's identity, 16 hex digits. */
  readonly hash: string;
  /** PREFIX.h, PREFIX.c, PREFIX_weights.h, PREFIX_kernels.h by file name. */
  readonly files: ReadonlyMap<string, string>;
  readonly arenaBytes: number;
  /** Every constant array of the emitted C, bytes as sizeof counts them. */
  readonly constants: readonly { readonly symbol: string; readonly bytes: number }[];
  /** Bytes of all constants together. */
  readonly weightsBytes: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly inputs: readonly SourceInput[];
  readonly outputs: readonly SourceOutput[];
  /** What PREFIX_reset() sets; there is no such function where this is empty. */
  readonly state: readonly SourceState[];
  readonly layers: readonly SourceLayer[];
  /** Of the graph: tensor indices are below it. */
  readonly tensorCount: number;
  /** Every tensor that a layer writes, by layer and then by tensor index. */
  readonly tensors: readonly SourceTensor[];
}
