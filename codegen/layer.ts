/**
 * How an operator becomes C, before memory is placed. `lower` chooses a kernel and says exactly what it needs
 * (constants, scratch, which input its output may overwrite); the planner places that; `emit` then prints the
 * call. Sizes and code come from one object, so they cannot disagree.
 */
import type { Graph, Op, OpType, TensorData } from '../src/graph/graph.js';
import type { Capability } from '../targets/target.js';
import type { CostModel } from './cost/cost_model.js';
import type { Work } from './cost/work.js';
import type { Printer } from './printer.js';

/** A constant array of the emitted C: weights repacked for the kernel, biases, multipliers, tables. */
export interface Constant {
  /** Without the model's prefix: `conv1_weights`. */
  readonly name: string;
  readonly ctype:
    | 'int8_t'
    | 'uint8_t'
    | 'int16_t'
    | 'uint16_t'
    | 'int32_t'
    | 'uint32_t'
    | 'int64_t'
    | 'float';
  readonly data: TensorData | Uint16Array | Uint32Array;
  /** Shape and meaning, printed above the array. */
  readonly comment: string;
  /** Bytes; 4 unless a kernel loads wider. */
  readonly align: number;
}

/**
 * The output may lie over this input, as long as it starts at least `lead` bytes before it (output address + lead
 * ≤ input address) and the input is not needed afterwards; 0 is plain in-place. It is the largest distance by which
 * the kernel's writes run ahead of its reads, computed from the loop order that `emit` prints.
 */
export interface Overlap {
  /** Position in op.inputs. */
  readonly input: number;
  readonly lead: number;
  /**
   * The output has to start exactly where the input does, or lie apart; lead is 0. For kernels that go channel by
   * channel.
   */
  readonly exact?: boolean;
}

/** Where the planner put things, as C expressions of the right pointer type. */
export interface Addresses {
  /** `(const int8_t *)(kws_arena + 512)`, or the constant's symbol. `i` is the position in op.inputs. */
  input(i: number): string;
  output(i: number): string;
  /** State among the inputs, to be written: `(int16_t *)(kws_arena + 512)`. */
  state(i: number): string;
  /** The layer's scratch as `ctype *`, from so many bytes on; only for layers that asked for scratch. */
  scratch(ctype: string, offset?: number): string;
  /** The function that the program gives, to read a row of an input of the model that has no place in the arena. */
  readRow(i: number): string;
  /** Full symbol of one of the layer's constants. */
  constant(name: string): string;
  /** Full symbol of a kernel function: `crimp_conv_2d_s8` → `kws_conv_2d_s8`. */
  kernel(name: string): string;
  /** Symbol of the layer's function. */
  readonly symbol: string;
}

export interface Layer {
  /** Index in graph.ops. */
  readonly op: number;
  /** The kernel's name for reports: `portable/conv_2d_s8`. */
  readonly kernel: string;
  /** Why this kernel, in a few words for the reader of the C: `1x1, 64 channels: pairs of pixels in one multiply`. */
  readonly why?: string;
  /** Set when the output is the input's memory under another shape: no code, no copy. Position in op.inputs. */
  readonly alias?: number;
  /** Set when an input of the model is given row by row and has no place in the arena. Position in op.inputs. */
  readonly byRows?: number;
  /** Rows of that input that are read. */
  readonly rowsRead?: number;
  readonly scratchBytes: number;
  readonly overlaps: readonly Overlap[];
  readonly constants: readonly Constant[];
  /** What its loops do, for the cost model; absent where counting the operator's elements says enough. */
  readonly work?: Work;
  /** Layers that it calls, and how often each: their work is beside its own. */
  readonly parts?: readonly { readonly layer: Layer; readonly calls: number }[];
  /** Files under codegen/kernels that the emitted call needs, dependencies included: `portable/requantize.c`. */
  readonly sources: readonly string[];
  /** Prints the functions that this layer's own one is made of, where it takes any. Called before `emit`. */
  emitParts?(printer: Printer, at: Addresses): void;
  /** Prints the statements of this layer's function. Called once, after planning; not called for an alias. */
  emit(printer: Printer, at: Addresses): void;
}

export type Optimize = 'speed' | 'size' | 'ram';

export interface LowerOptions {
  /** Each layer's weights in their smallest exact form: plain, or as a codebook and a stream that skips zeros. */
  readonly packWeights?: boolean;
  /**
   * speed: all the scratch that kernels have use for. size: the kernels of fewest bytes of flash. ram: no scratch that
   * makes the arena larger, and `compile` has chains of layers computed row by row where that makes it smaller. Otherwise the fastest kernels, and an arena that may grow a little for speed.
   */
  readonly optimize?: Optimize;
  /** What kernels take, by which they are chosen: what is known of the target's core unless given. */
  readonly cost?: CostModel;
}

export interface LowerContext extends LowerOptions {
  readonly capabilities: readonly Capability[];
  /**
   * Bytes of scratch that are to be had: a kernel which works in portions takes the fastest that fit, or its
   * smallest when none do.
   */
  readonly scratchBytes: number;
  /** What kernels take on the target's core. */
  readonly cost: CostModel;
  /** What the operator does, for kernels that say nothing of their own. */
  readonly work: Work;
  /** A C identifier, unique in the model, from the op's name: `conv1`. Prefix of the layer's constants. */
  readonly label: string;
  readonly index: number;
}

export interface OpEmitter<T extends OpType> {
  readonly type: T;
  lower(op: Op<T>, graph: Graph, context: LowerContext): Layer;
}
