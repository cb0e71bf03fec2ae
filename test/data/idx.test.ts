import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parseIdx } from '../../src/data/idx.js';
import type { FileArray } from '../../src/data/index.js';
import { readDataset } from '../../src/data/index.js';
import { classifier, codesOf } from './ports.js';

const folder = mkdtempSync(path.join(tmpdir(), 'crimp-idx-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);

const kinds = [
  {
    code: 8,
    array: Uint8Array,
    write: (v: DataView, o: number, x: number) => v.setUint8(o, x),
    min: 0,
    max: 255,
  },
  {
    code: 9,
    array: Int8Array,
    write: (v: DataView, o: number, x: number) => v.setInt8(o, x),
    min: -128,
    max: 127,
  },
  {
    code: 11,
    array: Int16Array,
    write: (v: DataView, o: number, x: number) => v.setInt16(o, x),
    min: -32768,
    max: 32767,
  },
  {
    code: 12,
    array: Int32Array,
    write: (v: DataView, o: number, x: number) => v.setInt32(o, x),
    min: -(2 ** 31),
    max: 2 ** 31 - 1,
  },
  {
    code: 13,
    array: Float32Array,
    write: (v: DataView, o: number, x: number) => v.setFloat32(o, x),
    min: -1000,
    max: 1000,
  },
  {
    code: 14,
    array: Float64Array,
    write: (v: DataView, o: number, x: number) => v.setFloat64(o, x),
    min: -1000,
    max: 1000,
  },
] as const;

/** The header, then the values, all big-endian. */
function idx({ values, shape }: FileArray): Uint8Array {
  const kind = kinds.find(({ array }) => values instanceof array)!;
  const size = kind.array.BYTES_PER_ELEMENT;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + values.length * size);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, kind.code, shape.length]);
  shape.forEach((n, i) => {
    view.setUint32(4 + 4 * i, n);
  });
  values.forEach((x: number | bigint, i: number) => {
    kind.write(view, start + i * size, Number(x));
  });
  return bytes;
}

test('every type and shape comes back', () => {
  const array = fc.constantFrom(...kinds).chain(({ array: type, min, max }) =>
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((shape) => {
      const count = shape.reduce((n, d) => n * d, 1);
      return fc
        .array(fc.integer({ min, max }), { minLength: count, maxLength: count })
        .map((numbers): FileArray => ({ values: type.from(numbers), shape }));
    }),
  );
  fc.assert(
    fc.property(array, (some) => {
      assert.deepEqual(parseIdx(idx(some), 'some'), some);
    }),
    { seed: 7, numRuns: 60 },
  );
});

const images: FileArray = { values: Uint8Array.of(0, 1, 2, 255, 4, 5, 6, 7), shape: [2, 2, 2] };
const labels: FileArray = { values: Uint8Array.of(2, 0), shape: [2] };
const model = classifier([1, 2, 2, 1], 3);

test('MNIST’s names: labels lie beside images, either compressed or not', () => {
  writeFileSync(at('train-images-idx3-ubyte'), idx(images));
  assert.equal(readDataset(at('train-images-idx3-ubyte'), model).labels, undefined);
  writeFileSync(at('train-labels-idx1-ubyte.gz'), gzipSync(idx(labels)));
  const data = readDataset(at('train-images-idx3-ubyte'), model);
  assert.deepEqual(data, {
    count: 2,
    inputs: [Float32Array.from(images.values as Uint8Array)],
    labels: Int32Array.of(2, 0),
  });
  writeFileSync(at('t10k-images.idx3-ubyte.gz'), gzipSync(idx(images)));
  writeFileSync(at('t10k-labels.idx1-ubyte'), idx(labels));
  assert.deepEqual(readDataset(at('t10k-images.idx3-ubyte.gz'), model), data);
});

test('cut, lengthened and foreign files, and labels of other images, are diagnostics', () => {
  const whole = idx(images);
  for (let n = 0; n < whole.length; n++) {
    assert.deepEqual(
      codesOf(() => parseIdx(whole.subarray(0, n), 'cut')),
      ['data-format'],
      `cut at ${n}`,
    );
  }
  assert.deepEqual(
    codesOf(() => parseIdx(Uint8Array.of(...whole, 0), 'long')),
    ['data-format'],
  );
  assert.deepEqual(
    codesOf(() => parseIdx(Uint8Array.of(0, 0, 10, 1, 0, 0, 0, 0), 'type')),
    ['data-format'],
  );
  const reads = (name: string, bytes: Uint8Array) => {
    writeFileSync(at(name), bytes);
    return codesOf(() => readDataset(at(name), model));
  };
  assert.deepEqual(reads('a.idx', idx({ values: new Uint8Array(0), shape: [0, 2, 2] })), ['data-shape']);
  assert.deepEqual(reads('b.idx', idx({ values: new Uint8Array(6), shape: [2, 3] })), ['data-shape']);
  assert.deepEqual(reads('c.idx.gz', whole), ['data-format']);
  assert.deepEqual(reads('d.idx', idx({ values: Float32Array.of(1, 2, NaN, 4), shape: [1, 2, 2] })), [
    'data-values',
  ]);
  writeFileSync(at('e-labels-idx1-ubyte'), idx({ values: Uint8Array.of(1), shape: [1] }));
  assert.deepEqual(reads('e-images-idx3-ubyte', whole), ['data-shape']);
  writeFileSync(at('f-labels-idx1-ubyte'), idx({ values: Uint8Array.of(1, 3), shape: [2] }));
  assert.deepEqual(reads('f-images-idx3-ubyte', whole), ['data-labels']);
});
