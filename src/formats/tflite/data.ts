/** Constants as TFLite stores them, little-endian bytes (int4 two to a byte, low nibble first), and as typed arrays. */
import { allocate, byteSize, elementCount } from '../../graph/access.js';
import type { DType, Shape, TensorData } from '../../graph/graph.js';
import { packInt4, unpackInt4 } from '../../graph/int4.js';
import { tensorTypes } from './schema.js';

type TypeName = (typeof tensorTypes)[number];

const typeNames: Readonly<Record<DType, TypeName>> = {
  int4: 'INT4',
  int8: 'INT8',
  uint8: 'UINT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FLOAT32',
  bool: 'BOOL',
};

export function tensorTypeOf(dtype: DType): number {
  return tensorTypes.indexOf(typeNames[dtype]);
}

/** Undefined for a type that the graph does not know. */
export function dtypeOf(tensorType: number): DType | undefined {
  return (Object.keys(typeNames) as DType[]).find((dtype) => typeNames[dtype] === tensorTypes[tensorType]);
}

export function tensorTypeName(tensorType: number): string {
  return tensorTypes[tensorType] ?? `type ${tensorType}`;
}

/** Element i of a view, by dtype. */
const getters: Readonly<Record<Exclude<DType, 'int4'>, (view: DataView, i: number) => number | bigint>> = {
  int8: (v, i) => v.getInt8(i),
  uint8: (v, i) => v.getUint8(i),
  bool: (v, i) => v.getUint8(i),
  int16: (v, i) => v.getInt16(2 * i, true),
  int32: (v, i) => v.getInt32(4 * i, true),
  int64: (v, i) => v.getBigInt64(8 * i, true),
  float32: (v, i) => v.getFloat32(4 * i, true),
};

/** Bytes of any alignment to a typed array of its own; `bytes` must hold the whole shape. */
export function decode(bytes: Uint8Array, dtype: DType, shape: Shape): TensorData {
  const data = allocate(dtype, elementCount(shape));
  if (dtype === 'int4') {
    unpackInt4(bytes, data as Int8Array);
    return data;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const get = getters[dtype];
  for (let i = 0; i < data.length; i++) data[i] = get(view, i) as never;
  return data;
}

export function encode(data: TensorData, dtype: DType): Uint8Array {
  if (dtype === 'int4') return packInt4(data);
  const bytes = new Uint8Array(byteSize({ dtype, shape: [data.length] }));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++) {
    if (dtype === 'float32') view.setFloat32(4 * i, data[i] as number, true);
    else if (dtype === 'int64') view.setBigInt64(8 * i, data[i] as bigint, true);
    else if (dtype === 'int32') view.setInt32(4 * i, data[i] as number, true);
    else if (dtype === 'int16') view.setInt16(2 * i, data[i] as number, true);
    else bytes[i] = data[i] as number;
  }
  return bytes;
}
