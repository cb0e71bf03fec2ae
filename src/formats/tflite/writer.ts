/** Writes rows of schema.ts as a FlatBuffer: the reader's counterpart, over flatbuffers' Builder. */
import { Builder } from 'flatbuffers';
import {
  type Draft,
  elementOf,
  isScalar,
  type OptionsName,
  type OptionsRow,
  type Scalar,
  scalarBytes,
  type TableName,
  tables,
} from './schema.js';

/** TFLite maps constants where they lie: kernels load them as wide as SIMD registers. */
const bufferAlignment = 16;

export function writeModel(model: Draft<'Model'>): Uint8Array {
  const builder = new Builder(1024);
  builder.finish(writeTable(builder, 'Model', model as Record<string, unknown>), 'TFL3');
  return builder.asUint8Array().slice();
}

function writeTable(builder: Builder, name: TableName, row: Record<string, unknown>): number {
  const fields = Object.entries(tables[name] as Record<string, readonly [number, string, number?]>).filter(
    ([field]) => row[field] !== undefined,
  );
  // Children first: FlatBuffers are built from the end.
  const offsets = new Map(
    fields
      .filter(([, [, type]]) => !isScalar(type))
      .map(([field, [, type]]) => [field, writeChild(builder, type, row[field])]),
  );
  const slots = Math.max(0, ...Object.values(tables[name]).map(([id]) => id + 1));
  builder.startObject(slots);
  for (const [field, [id, type, preset = 0]] of fields) {
    if (isScalar(type)) addScalar(builder, type, id, Number(row[field]), preset);
    else builder.addFieldOffset(id, offsets.get(field)!, 0);
  }
  return builder.endObject();
}

function writeChild(builder: Builder, type: string, value: unknown): number {
  if (type === 'string') return builder.createString(value as string);
  if (type === 'union') {
    const { name, table } = value as { name: OptionsName; table: OptionsRow };
    return writeTable(builder, name, table);
  }
  const element = elementOf(type);
  if (element === undefined) return writeTable(builder, type as TableName, value as Record<string, unknown>);
  if (element === 'uint8') return writeBytes(builder, value as ArrayLike<number>);
  const values = Array.from(value as ArrayLike<unknown>);
  if (isScalar(element)) return writeScalars(builder, element, values as number[]);
  const rows = values.map((row) => writeTable(builder, element as TableName, row as Record<string, unknown>));
  builder.startVector(4, rows.length, 4);
  for (const offset of rows.reverse()) builder.addOffset(offset);
  return builder.endVector();
}

function writeBytes(builder: Builder, bytes: ArrayLike<number>): number {
  // startVector aligns the length to 4 and the first byte to what is asked.
  builder.startVector(1, bytes.length, bufferAlignment);
  for (let i = bytes.length - 1; i >= 0; i--) builder.writeInt8(bytes[i]!);
  return builder.endVector();
}

function writeScalars(builder: Builder, element: Scalar, values: number[]): number {
  builder.startVector(scalarBytes[element], values.length, scalarBytes[element]);
  for (const value of values.reverse()) {
    if (element === 'float32') builder.addFloat32(value);
    else if (element === 'int64') builder.addInt64(BigInt(value));
    else builder.addInt32(value);
  }
  return builder.endVector();
}

function addScalar(builder: Builder, type: Scalar, id: number, value: number, preset: number): void {
  const bytes = scalarBytes[type];
  if (type === 'float32') builder.addFieldFloat32(id, value, preset);
  else if (bytes === 1) builder.addFieldInt8(id, value, preset);
  else if (bytes === 4) builder.addFieldInt32(id, value, preset);
  else builder.addFieldInt64(id, BigInt(value), BigInt(preset));
}
