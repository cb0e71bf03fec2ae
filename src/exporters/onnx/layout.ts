/**
 * How a tensor of the graph lies in an ONNX model. crimp has channels last; ONNX's convolutions and pools want them behind the
 * batch. Between them tensors stay as they are, and whoever reads one takes it as it lies.
 */
import type { Shape } from '../../graph/graph.js';

/**
 * `last`: as in the graph. `first`: the last axis stands second. `flat`: a tensor [batch, rest] that is such an image,
 * flattened: its rows run over channels first.
 */
export type Layout = 'last' | 'first' | 'flat';

/** For each axis as ONNX has it, which of the graph's it is. Of `first` only for a rank of at least 2. */
export function axesIn(layout: Layout, rank: number): number[] {
  const plain = Array.from({ length: rank }, (_, axis) => axis);
  return layout === 'first' ? [0, rank - 1, ...plain.slice(1, -1)] : plain;
}

export function shapeIn(layout: Layout, shape: Shape): number[] {
  return axesIn(layout, shape.length).map((axis) => shape[axis]!);
}

/** Where an axis of the graph stands in ONNX. */
export function axisIn(layout: Layout, rank: number, axis: number): number {
  return axesIn(layout, rank).indexOf(axis);
}

/** One value for each axis, in ONNX's order. */
export function eachAxisIn<T>(layout: Layout, values: readonly T[]): T[] {
  return axesIn(layout, values.length).map((axis) => values[axis]!);
}

/** Whether moving axes leaves every value where it is: only those of length 1 change places. */
export function isSameInMemory(shape: Shape, permutation: readonly number[]): boolean {
  const long = permutation.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}

export function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, i) => axis === i);
}
