/** TensorProto → Constant. */
import { dataTypeName, dataTypes } from '../../formats/onnx/data_types.js';
import { type TensorProto, toNumber } from '../../formats/onnx/schema.js';
import { bfloat16Value, float16Value } from '../../numerics/float16.js';
import type { Constant } from './value.js';

/** TensorProto.DataLocation. */
const external = 1;
const maxElements = 2 ** 26;

/** Reads a file by its path relative to the model's. @throws CrimpError `cannot-read` */
export type ReadBeside = (path: string) => Uint8Array;

/** The constant, or the reason why there is none. @throws CrimpError of `readBeside` */
export function constantOf(
  proto: TensorProto,
  readBeside?: ReadBeside,
): Constant | { readonly reason: string } {
  const { name, dataType } = proto;
  const type = dataTypes[dataType];
  if (!type?.dtype) return { reason: `is ${dataTypeName(dataType)}, which is not supported` };
  const dims = proto.dims.map(toNumber);
  const count = dims.reduce((n, d) => n * d, 1);
  if (!dims.every((d) => Number.isInteger(d) && d >= 0) || count > maxElements) {
    return { reason: `has the shape [${dims.join(', ')}]` };
  }
  const bytes = Math.ceil(count * type.bytes);
  const raw = proto.dataLocation === external ? besideOf(proto, bytes, readBeside) : proto.rawData;
  if ('reason' in raw) return raw;
  if (raw.length > 0 || proto.dataLocation === external) {
    if (raw.length !== bytes) {
      return {
        reason: `has ${raw.length} bytes of data; ${type.name} [${dims.join(', ')}] takes ${bytes}`,
      };
    }
    return { kind: 'constant', name, dims, dtype: type.dtype, values: rawValues(raw, dataType, count) };
  }
  const list = listed(proto);
  if (list.length !== count) {
    return { reason: `has ${list.length} elements of data for the shape [${dims.join(', ')}]` };
  }
  const values = type.dtype === 'float32' ? Float32Array.from(list) : Float64Array.from(list);
  return { kind: 'constant', name, dims, dtype: type.dtype, values };
}

/** @param length where the file does not say it */
function besideOf(
  { externalData }: TensorProto,
  length: number,
  readBeside: ReadBeside | undefined,
): Uint8Array | { readonly reason: string } {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  // The format wants a relative path that stays in the model's folder.
  if (location === '' || /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(location)) {
    return { reason: `has its data in ${JSON.stringify(location)}, no file beside the model` };
  }
  if (!readBeside) return { reason: `has its data in ${location}, which was not given` };
  const bytes = readBeside(location);
  const start = Number(entries.get('offset') ?? 0);
  const end = start + Number(entries.get('length') ?? length);
  if (start >= 0 && end >= start && end <= bytes.length) return bytes.subarray(start, end);
  return { reason: `has its data at bytes ${start} to ${end} of ${location}, which has ${bytes.length}` };
}

function rawValues(raw: Uint8Array, dataType: number, count: number): Float32Array | Float64Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read: Readonly<Record<number, (i: number) => number>> = {
    1: (i) => view.getFloat32(4 * i, true),
    2: (i) => view.getUint8(i),
    3: (i) => view.getInt8(i),
    5: (i) => view.getInt16(2 * i, true),
    6: (i) => view.getInt32(4 * i, true),
    7: (i) => Number(view.getBigInt64(8 * i, true)),
    9: (i) => (view.getUint8(i) === 0 ? 0 : 1),
    10: (i) => float16Value(view.getUint16(2 * i, true)),
    11: (i) => view.getFloat64(8 * i, true),
    16: (i) => bfloat16Value(view.getUint16(2 * i, true)),
    22: (i) => nibble(view.getUint8(i >> 1), i),
  };
  const values = dataTypes[dataType]!.dtype === 'float32' ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = read[dataType]!(i);
  return values;
}

/** The i-th int4 of a packed list, from the byte that it lies in. */
function nibble(byte: number, i: number): number {
  return (byte << (i % 2 === 0 ? 28 : 24)) >> 28;
}

/** The typed field that holds the data when raw_data does not: onnx.proto says which. */
function listed(proto: TensorProto): ArrayLike<number> {
  switch (proto.dataType) {
    case 1:
      return proto.floatData;
    case 7:
      return proto.int64Data.map(toNumber);
    case 10:
      return proto.int32Data.map(float16Value);
    case 16:
      return proto.int32Data.map(bfloat16Value);
    case 22: {
      const count = proto.dims.map(toNumber).reduce((n, d) => n * d, 1);
      const packed = proto.int32Data;
      if (packed.length !== Math.ceil(count / 2)) return [];
      return Float64Array.from({ length: count }, (_, i) => nibble(packed[i >> 1]!, i));
    }
    case 11:
      return proto.doubleData;
    default:
      return proto.int32Data;
  }
}
