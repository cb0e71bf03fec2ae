/** TensorProto.DataType: what its numbers are called, and what crimp takes them for. */
import type { DType } from '../../graph/graph.js';

/** By number: the name, the dtype of a tensor in a graph (absent: not supported), and bytes of an element in raw_data. */
export const dataTypes: Readonly<
  Record<number, { readonly name: string; readonly dtype?: DType; readonly bytes: number }>
> = {
  1: { name: 'float', dtype: 'float32', bytes: 4 },
  2: { name: 'uint8', dtype: 'uint8', bytes: 1 },
  3: { name: 'int8', dtype: 'int8', bytes: 1 },
  4: { name: 'uint16', bytes: 2 },
  5: { name: 'int16', dtype: 'int16', bytes: 2 },
  6: { name: 'int32', dtype: 'int32', bytes: 4 },
  7: { name: 'int64', dtype: 'int64', bytes: 8 },
  8: { name: 'string', bytes: 0 },
  9: { name: 'bool', dtype: 'bool', bytes: 1 },
  // Half and double precision are computed in float32, as TensorFlow Lite does.
  10: { name: 'float16', dtype: 'float32', bytes: 2 },
  11: { name: 'double', dtype: 'float32', bytes: 8 },
  12: { name: 'uint32', bytes: 4 },
  13: { name: 'uint64', bytes: 8 },
  16: { name: 'bfloat16', dtype: 'float32', bytes: 2 },
  // Two to a byte, the first in the low half.
  21: { name: 'uint4', bytes: 0.5 },
  22: { name: 'int4', dtype: 'int4', bytes: 0.5 },
};

export function dataTypeName(type: number): string {
  return dataTypes[type]?.name ?? `data type ${type}`;
}
