/** Constants in another order of their axes. */
import { stridesOf } from '../../ops/movement.js';
import type { Constant } from './value.js';

/**
 * Where each element of an array comes from: calls `visit` with the place in the source for every place of the target, in
 * order. @param shape of the target @param strides of the source along the target's axes
 */
export function walk(
  shape: readonly number[],
  strides: readonly number[],
  visit: (from: number) => void,
): void {
  const count = shape.reduce((n, d) => n * d, 1);
  const at = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < count; i++) {
    visit(from);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
}

/** @param order for each axis of the result, which of the constant's it is; −1 for a new one of length 1 */
export function permuted(constant: Constant, order: readonly number[]): Constant {
  const strides = stridesOf(constant.dims);
  const dims = order.map((axis) => (axis < 0 ? 1 : constant.dims[axis]!));
  const places = new Uint32Array(constant.values.length);
  let i = 0;
  walk(
    dims,
    order.map((axis) => (axis < 0 ? 0 : strides[axis]!)),
    (from) => {
      places[i++] = from;
    },
  );
  return rearranged(constant, dims, places, (axis) => order.indexOf(axis));
}

/** @param places for each element of the result, which of the constant's it is @param axisOf an axis of the constant in the result */
export function rearranged(
  constant: Constant,
  dims: readonly number[],
  places: ArrayLike<number>,
  axisOf: (axis: number) => number = (axis) => axis,
): Constant {
  const { quantized } = constant;
  const values = constant.values.map((_, i) => constant.values[places[i]!]!);
  if (!quantized) return { ...constant, dims, values };
  const integers = quantized.values.map((_, i) => quantized.values[places[i]!]!);
  return {
    ...constant,
    dims,
    values,
    quantized: { ...quantized, values: integers, axis: axisOf(quantized.axis) },
  };
}

/** The constant under other dims of as many elements. Scales by an axis that is no more are lost. */
export function reshaped(constant: Constant, dims: readonly number[]): Constant {
  const { quantized, ...real } = constant;
  if (!quantized || quantized.scale.length === 1) return { ...constant, dims };
  const before = (list: readonly number[], axis: number) => list.slice(0, axis).reduce((n, d) => n * d, 1);
  const axis = dims.findIndex(
    (d, i) => d === quantized.scale.length && before(dims, i) === before(constant.dims, quantized.axis),
  );
  return axis < 0 ? { ...real, dims } : { ...constant, dims, quantized: { ...quantized, axis } };
}
