/** Constants with their axes in another order. */
import { allocate, elementCount } from '../../graph/access.js';
import type { DType, Shape, TensorData } from '../../graph/graph.js';
import { stridesOf } from '../../ops/movement.js';
import { isIdentity } from './layout.js';

/** @param permutation for each axis of the result, which of the array's it is */
export function permuted(
  data: TensorData,
  dtype: DType,
  shape: Shape,
  permutation: readonly number[],
): TensorData {
  if (isIdentity(permutation)) return data;
  const result = allocate(dtype, elementCount(shape));
  const strides = stridesOf(shape);
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const at = sizes.map(() => 0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = data[from] as never;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}
