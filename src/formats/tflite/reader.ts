/**
 * Reads the tables of schema.ts out of bytes that may be anything. Every offset and count is checked before it
 * is followed; what cannot be read is reported with its byte offset and left out. Work and memory are bounded
 * by the file's size: the schema has no recursion, byte vectors are views, and a budget stops files whose
 * tables overlap to multiply themselves.
 */
import { ByteBuffer } from 'flatbuffers';
import {
  elementOf,
  isScalar,
  optionsNameOf,
  type Row,
  type Scalar,
  scalarBytes,
  type TableName,
  tables,
} from './schema.js';

/** Something in the bytes that is not as the format says. */
export interface Malformed {
  /** Of the bytes that say so. */
  readonly offset: number;
  readonly message: string;
  /** It points beyond the file's end, as everything behind the cut does in a file that is cut off. */
  readonly beyond: boolean;
}

/** Decoded values per byte of file; writers that share equal vectors stay far below, overlapping tables above. */
const budgetPerByte = 16;
const maxReports = 100;

type Fields = Record<string, readonly [number, string, number?]>;

export function readModel(bytes: Uint8Array): { model: Row<'Model'> | undefined; malformed: Malformed[] } {
  const reader = new Reader(bytes);
  const root = reader.indirect(0, 'the root table');
  const model = root === undefined ? undefined : (reader.table('Model', root) as Row<'Model'> | undefined);
  return { model, malformed: reader.malformed };
}

class Reader {
  readonly malformed: Malformed[] = [];
  private readonly buffer: ByteBuffer;
  private budget: number;

  constructor(private readonly bytes: Uint8Array) {
    this.buffer = new ByteBuffer(bytes);
    this.budget = 4096 + bytes.length * budgetPerByte;
  }

  /** Position that the unsigned 32-bit offset at `at` leads to. */
  indirect(at: number, what: string): number | undefined {
    if (!this.within(at, 4, what)) return undefined;
    const to = at + this.buffer.readUint32(at);
    return this.within(to, 4, what, at) ? to : undefined;
  }

  table(name: TableName, at: number): Record<string, unknown> | undefined {
    if (!this.within(at, 4, name)) return undefined;
    const vtable = at - this.buffer.readInt32(at);
    if (!this.within(vtable, 4, `the vtable of ${name}`, at)) return undefined;
    const size = this.buffer.readUint16(vtable);
    if (!this.within(vtable, size, `the vtable of ${name}`, vtable)) return undefined;
    if (size < 4) this.report(vtable, `the vtable of ${name} says that it has ${size} bytes`);

    const row = emptyRow(name);
    for (const [field, [id, type]] of Object.entries(tables[name] as Fields)) {
      if (!this.spend(1, at)) break;
      const slot = 4 + 2 * id;
      const offset = slot + 2 <= size ? this.buffer.readUint16(vtable + slot) : 0;
      if (offset === 0) continue;
      const value = this.value(type, at + offset, `${name}.${field}`, row);
      if (value !== undefined) row[field] = value;
    }
    return row;
  }

  private value(type: string, at: number, what: string, row: Record<string, unknown>): unknown {
    if (isScalar(type)) return this.within(at, scalarBytes[type], what) ? this.scalar(type, at) : undefined;
    const to = this.indirect(at, what);
    if (to === undefined) return undefined;
    if (type === 'string') return this.string(to, what);
    if (type === 'union') {
      const name = optionsNameOf(row.builtin_options_type as number);
      return name && { name, table: this.table(name, to) };
    }
    const element = elementOf(type);
    return element === undefined ? this.table(type as TableName, to) : this.vector(element, to, what);
  }

  private vector(element: string, at: number, what: string): unknown {
    const count = this.buffer.readUint32(at);
    const stride = isScalar(element) ? scalarBytes[element] : 4;
    if (!this.within(at + 4, count * stride, `${what} (${count} elements)`, at)) return undefined;
    if (element === 'uint8') return this.bytes.subarray(at + 4, at + 4 + count);
    if (!this.spend(count, at)) return undefined;
    if (isScalar(element)) {
      const read = (_: unknown, i: number) => this.scalar(element, at + 4 + i * stride) as number;
      return element === 'float32'
        ? Float32Array.from({ length: count }, read)
        : Array.from({ length: count }, read);
    }
    const rows: object[] = [];
    for (let i = 0; i < count; i++) {
      const to = this.indirect(at + 4 + i * stride, `${what}[${i}]`);
      // An empty row keeps the indices of those after it.
      rows.push(
        (to === undefined ? undefined : this.table(element as TableName, to)) ??
          emptyRow(element as TableName),
      );
      if (this.budget < 0) break;
    }
    return rows;
  }

  private string(at: number, what: string): string | undefined {
    const count = this.buffer.readUint32(at);
    if (!this.within(at + 4, count, `${what} (${count} bytes)`, at) || !this.spend(count, at))
      return undefined;
    return new TextDecoder().decode(this.bytes.subarray(at + 4, at + 4 + count));
  }

  private scalar(type: Scalar, at: number): number | boolean {
    switch (type) {
      case 'bool':
        return this.buffer.readUint8(at) !== 0;
      case 'int8':
        return this.buffer.readInt8(at);
      case 'uint8':
        return this.buffer.readUint8(at);
      case 'int32':
        return this.buffer.readInt32(at);
      case 'uint32':
        return this.buffer.readUint32(at);
      case 'float32':
        return this.buffer.readFloat32(at);
      case 'int64':
        return Number(this.buffer.readInt64(at));
      case 'uint64':
        return Number(this.buffer.readUint64(at));
    }
  }

  /** `source` is where the position or count was read. */
  private within(at: number, count: number, what: string, source = at): boolean {
    if (at < 0) this.report(source, `${what} begins ${-at} bytes before the file`);
    else if (at + count > this.bytes.length) {
      this.report(source, `${what} reaches to byte ${at + count} of ${this.bytes.length}`, true);
    }
    return at >= 0 && at + count <= this.bytes.length;
  }

  private spend(count: number, at: number): boolean {
    const before = this.budget;
    this.budget -= count;
    if (before >= 0 && this.budget < 0)
      this.report(at, 'tables overlap so much that the file cannot be meant');
    return this.budget >= 0;
  }

  private report(offset: number, message: string, beyond = false): void {
    if (this.malformed.length < maxReports) this.malformed.push({ offset, message, beyond });
  }
}

/** A table with no field in the file: scalars at their defaults, the rest absent. */
export function emptyRow(name: TableName): Record<string, unknown> {
  const fields = Object.entries(tables[name] as Fields);
  const presetOf = (type: string, preset = 0) => (type === 'bool' ? preset !== 0 : preset);
  return Object.fromEntries(
    fields
      .filter(([, [, type]]) => isScalar(type))
      .map(([field, [, type, preset]]) => [field, presetOf(type, preset)]),
  );
}
