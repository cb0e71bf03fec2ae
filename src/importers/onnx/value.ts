/** What an ONNX value is while the model is read: a constant, a tensor of the graph, or nothing that can be told. */
import type { DType } from '../../graph/graph.js';

/** The integers that a constant's real values come from: real = scale · (q − zeroPoint). */
export interface QuantizedValues {
  readonly dtype: DType;
  readonly values: Float64Array;
  /** One for all, or one for each index of `axis`. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  /** Of the constant's dims. */
  readonly axis: number;
}

/** Known now. Integers and booleans are held as doubles. */
export interface Constant {
  readonly kind: 'constant';
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: DType;
  readonly values: Float32Array | Float64Array;
  /** Of a constant behind DequantizeLinear. */
  readonly quantized?: QuantizedValues;
}

/** Computed by the graph, its axes stored in another order than ONNX has them in. */
export interface Activation {
  readonly kind: 'activation';
  /** As ONNX has them. */
  readonly dims: readonly number[];
  /** As ONNX has it: the tensor of a uint8 value that is quantized is int8. */
  readonly dtype: DType;
  /** Of the graph; its shape is `storedShape`. */
  readonly tensor: number;
  /** For each axis of the tensor, which of `dims` it is; −1 for one of length 1 that ONNX does not have. */
  readonly order: readonly number[];
  /**
   * This is that value as rows, [N, everything else], and `tensor` and `order` are that value's: a dense layer takes the
   * values in the order in which they lie and moves its weights instead.
   */
  readonly flattened?: Activation;
}

/** The number of a class, which scikit-learn's models give beside the probabilities. */
export interface Label {
  readonly kind: 'label';
  /** What the class was chosen from. */
  readonly scores: Activation;
}

/** Behind an operator that is not supported. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly tensor: number;
}

export type Value = Constant | Activation | Label | Unknown;

/** Why a node cannot be imported: it becomes an UNSUPPORTED op. Never leaves the importer. */
export class Unsupported extends Error {}

export function identity(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => i);
}

/** The order in which convolutions want it: NHWC, and N1LC for [N, C, L]; undefined for any other rank. */
export function channelsLast(rank: number): readonly number[] | undefined {
  if (rank === 4) return [0, 2, 3, 1];
  return rank === 3 ? [0, -1, 2, 1] : undefined;
}

export function storedShape(dims: readonly number[], order: readonly number[]): number[] {
  return order.map((axis) => (axis < 0 ? 1 : dims[axis]!));
}

export function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Whether values in one order lie in memory as in the other: only axes of length 1 stand elsewhere. */
export function sameInMemory(dims: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  const long = (order: readonly number[]) => order.filter((axis) => axis >= 0 && dims[axis] !== 1);
  return sameList(long(a), long(b));
}

/** From 0. @throws Unsupported for an axis that there is not */
export function axisFrom(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return (axis + rank) % rank;
  throw new Unsupported(`has no axis ${axis} in an input of rank ${rank}`);
}
