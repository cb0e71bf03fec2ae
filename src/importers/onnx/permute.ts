/** Constants in another order of their axes. */
import type { Constant } from './value.js';

/** Elements between neighbors along each axis, in C order. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  for (let axis = dims.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dims[axis]!;
  }
  return strides;
}

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
  const values = constant.values.slice();
  let i = 0;
  walk(
    dims,
    order.map((axis) => (axis < 0 ? 0 : strides[axis]!)),
    (from) => {
      values[i++] = constant.values[from]!;
    },
  );
  return { ...constant, dims, values };
}
