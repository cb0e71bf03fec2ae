/** The idx files of MNIST and its kin: an array behind a big-endian header. http://yann.lecun.com/exdb/mnist/ */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type CrimpError, inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { FileArray, FileValues } from './file_array.js';

interface ElementType {
  readonly bytes: number;
  readonly array: new (n: number) => Exclude<FileValues, BigInt64Array | BigUint64Array>;
  readonly read: (view: DataView, at: number) => number;
}

/** By the header's third byte. */
const types: Readonly<Record<number, ElementType>> = {
  8: { bytes: 1, array: Uint8Array, read: (v, at) => v.getUint8(at) },
  9: { bytes: 1, array: Int8Array, read: (v, at) => v.getInt8(at) },
  11: { bytes: 2, array: Int16Array, read: (v, at) => v.getInt16(at) },
  12: { bytes: 4, array: Int32Array, read: (v, at) => v.getInt32(at) },
  13: { bytes: 4, array: Float32Array, read: (v, at) => v.getFloat32(at) },
  14: { bytes: 8, array: Float64Array, read: (v, at) => v.getFloat64(at) },
};

/** @throws CrimpError `data-format` */
export function parseIdx(bytes: Uint8Array, file: string): FileArray {
  const type = types[bytes[2] ?? 0];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || !type) {
    throw damaged(file, 'does not begin as an idx file: two zeros, a type, a number of dimensions');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) throw damaged(file, `ends within its header of ${rank} dimensions`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = elementCount(shape);
  if (bytes.length !== start + count * type.bytes) {
    const message = `has ${bytes.length - start} bytes of values where its shape [${shape}] needs ${count * type.bytes}`;
    throw damaged(file, message);
  }
  const values = new type.array(count);
  for (let i = 0; i < count; i++) values[i] = type.read(view, start + i * type.bytes);
  return { values, shape };
}

/**
 * The labels that lie beside a file of images, by the usual names: `train-images-idx3-ubyte.gz` and
 * `train-labels-idx1-ubyte.gz`; either may be compressed. Undefined where there are none.
 */
export function labelsBeside(file: string): string | undefined {
  const { dir, base } = path.parse(file);
  if (!/images/i.test(base)) return undefined;
  const plain = base
    .replace(/images/i, 'labels')
    .replace(/idx\d/i, 'idx1')
    .replace(/\.gz$/i, '');
  return [plain, `${plain}.gz`].map((name) => path.join(dir, name)).find((name) => existsSync(name));
}

function damaged(file: string, why: string): CrimpError {
  return inputError('data-format', why, 'Download the file again.', { file });
}
