import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { type FileArray, formatNpz, readDataset, readSamples, writeOutputs } from '../../src/data/index.js';
import { formatNpy, parseNpy } from '../../src/data/npy.js';
import { parseNpz } from '../../src/data/npz.js';
import { codesOf, ports } from './ports.js';

const folder = mkdtempSync(path.join(tmpdir(), 'crimp-data-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);

const int8 = ports({ name: 'in', dtype: 'int8', shape: [1, 2, 1], scale: 0.5, zeroPoint: 3 });
const float = ports({ name: 'in', dtype: 'float32', shape: [1, 2] });
const f4 = (shape: number[], ...values: number[]): FileArray => ({
  values: Float32Array.from(values),
  shape,
});

describe('.npy and .npz', () => {
  test('every dtype comes back as it went in', () => {
    const arrays: [string, FileArray][] = [
      ['i1', { values: Int8Array.of(-128, 127), shape: [2] }],
      ['u1', { values: Uint8Array.of(0, 255), shape: [1, 2] }],
      ['i2', { values: Int16Array.of(-32768, 32767), shape: [2, 1] }],
      ['i4', { values: Int32Array.of(-(2 ** 31), 7), shape: [2] }],
      ['i8', { values: BigInt64Array.of(-(2n ** 63n), 7n), shape: [2] }],
      ['f4', { values: Float32Array.of(0.1, -3), shape: [2] }],
      ['f8', { values: Float64Array.of(0.1, -3), shape: [2] }],
      ['scalar', { values: Float64Array.of(1.5), shape: [] }],
    ];
    assert.deepEqual([...parseNpz(formatNpz(arrays), 'x.npz')], arrays);
  });

  test('NumPy’s own bytes: bool, float16, version 1 header padded to 64', () => {
    const file = (descr: string, body: number[], shape = '(2,)', fortran = 'False') => {
      const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`.padEnd(117);
      return Uint8Array.from([
        ...Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        118,
        0,
        ...Buffer.from(`${header}\n`),
        ...body,
      ]);
    };
    assert.deepEqual(parseNpy(file('|b1', [1, 0]), 'b'), { values: Uint8Array.of(1, 0), shape: [2] });
    assert.deepEqual(parseNpy(file('<f2', [0, 0x3c, 0, 0xc0]), 'h'), {
      values: Float32Array.of(1, -2),
      shape: [2],
    });
    for (const bad of [
      file('>f4', [0, 0, 0, 0, 0, 0, 0, 0]),
      file('<c8', new Array(16).fill(0)),
      file('<U1', new Array(8).fill(0)),
      file('<f4', [0, 0, 0, 0]),
      file('<f4', [0, 0, 0, 0, 0]),
      file('|i1', [1, 2, 3]),
      file('|i1', [1, 2], '(2, -1)'),
      file('|i1', [1, 2, 3, 4], '(2, 2)', 'True'),
      file('|O', [1, 2]),
      Uint8Array.of(1, 2, 3),
      formatNpy(f4([2], 1, 2)).subarray(0, 9),
    ]) {
      assert.deepEqual(
        codesOf(() => parseNpy(bad, 'bad.npy')),
        ['data-format'],
      );
    }
  });

  test('no cut and no changed byte of an archive ends in anything but data or a diagnostic', () => {
    const whole = formatNpz([['x', f4([2, 2], 1, 2, 3, 4)]]);
    for (let n = 0; n < whole.length; n++) {
      const cut = whole.subarray(0, n);
      writeFileSync(at('cut.npz'), cut);
      assert.notDeepEqual(
        codesOf(() => readSamples(at('cut.npz'), float)),
        [],
        `cut at ${n}`,
      );
      const changed = whole.slice();
      changed[n]! ^= 0x5a;
      codesOf(() => readSamples(changed, float));
    }
  });

  test('a value that changed on the disk is told by its checksum', { skip: crc32 === undefined }, () => {
    const stored = formatNpz([['x', f4([1, 2], 1, 2)]], 0);
    assert.deepEqual(readSamples(stored, float).bytes(0).length, 8);
    const at = Buffer.from(stored).indexOf(Buffer.from(Float32Array.of(1, 2).buffer));
    assert.ok(at > 0);
    stored[at]! ^= 1;
    assert.throws(() => readSamples(stored, float), /data-format.*x\.npy.*CRC-32/);
  });
});

describe('readSamples', () => {
  test('quantizes as QUANTIZE does: half away from zero, clamped', () => {
    const samples = readSamples(formatNpz([['x', f4([2, 2], 0.25, -0.25, 1000, -1000)]]), int8);
    assert.equal(samples.count, 2);
    assert.deepEqual([...samples.bytes(0)], [4, 2]);
    assert.deepEqual([...new Int8Array(samples.bytes(1).buffer)], [127, -128]);
    assert.equal(samples.labels, undefined);
  });

  test('the quotient is a float32 one, and the scale the float32 one of the model', () => {
    const graph = ports({ name: 'in', dtype: 'int8', shape: [1], scale: 0.1 });
    // 0.35 / 0.1 is 3.4999999… in doubles of the float32 values, and exactly 3.5 in float32.
    assert.deepEqual([...readSamples(formatNpz([['x', f4([1, 1], 0.35)]]), graph).bytes(0)], [4]);
  });

  test('takes any numeric dtype as real values, and labels', () => {
    for (const values of [
      Uint8Array.of(1, 2),
      Int16Array.of(1, 2),
      BigInt64Array.of(1n, 2n),
      Float64Array.of(1, 2),
    ]) {
      const y: FileArray = { values: BigInt64Array.of(1n), shape: [1, 1] };
      const samples = readSamples(
        formatNpz([
          ['x', { values, shape: [1, 1, 2] }],
          ['y', y],
        ]),
        int8,
      );
      assert.deepEqual([...samples.bytes(0)], [5, 7]);
      assert.deepEqual(samples.labels, Int32Array.of(1));
    }
  });

  test('raw integers are taken as they are, and only integers', () => {
    const file = formatNpz([['x', { values: BigInt64Array.of(-128n, 5n), shape: [1, 2] }]]);
    assert.deepEqual([...readSamples(file, int8, { raw: true }).bytes(0)], [128, 5]);
    const tooLarge = formatNpz([['x', { values: Int16Array.of(128, 5), shape: [1, 2] }]]);
    assert.deepEqual(
      codesOf(() => readSamples(tooLarge, int8, { raw: true })),
      ['data-values'],
    );
    assert.deepEqual(
      codesOf(() => readSamples(formatNpz([['x', f4([1, 2], 1, 2)]]), int8, { raw: true })),
      ['data-values'],
    );
  });

  test('integers without quantization are taken as they are', () => {
    const graph = ports({ name: 'ids', dtype: 'int32', shape: [2] });
    const samples = readSamples(formatNpz([['x', f4([1, 2], -3, 9)]]), graph);
    assert.deepEqual([...new Int32Array(samples.bytes(0).buffer)], [-3, 9]);
    assert.deepEqual(
      codesOf(() => readSamples(formatNpz([['x', f4([1, 2], 0.5, 9)]]), graph)),
      ['data-values'],
    );
  });

  test('several inputs by their names, all of a sample back to back', () => {
    const graph = ports(
      { name: 'a', dtype: 'int8', shape: [2], scale: 1 },
      { name: 'b', dtype: 'int16', shape: [1], scale: 1 },
    );
    const a = f4([2, 2], 1, 2, 3, 4);
    const b = f4([2, 1], 5, 6);
    assert.deepEqual(
      [
        ...readSamples(
          formatNpz([
            ['b', b],
            ['a', a],
          ]),
          graph,
        ).bytes(1),
      ],
      [3, 4, 6, 0],
    );
    writeFileSync(at('two.bin'), Uint8Array.of(1, 2, 5, 0, 3, 4, 6, 0));
    assert.deepEqual([...readSamples(at('two.bin'), graph).bytes(1)], [3, 4, 6, 0]);
    assert.deepEqual(
      codesOf(() => readSamples(formatNpz([['x', a]]), graph)),
      ['data-missing', 'data-missing'],
    );
    assert.deepEqual(
      codesOf(() =>
        readSamples(
          formatNpz([
            ['a', a],
            ['b', f4([1, 1], 5)],
          ]),
          graph,
        ),
      ),
      ['data-shape'],
    );
  });

  test('axes of length 1 may differ, nothing else, and both shapes are named', () => {
    for (const shape of [
      [3, 2],
      [3, 1, 2],
      [3, 2, 1, 1],
    ]) {
      assert.equal(readSamples(formatNpz([['x', f4(shape, 1, 2, 3, 4, 5, 6)]]), int8).count, 3);
    }
    for (const shape of [[2, 3], [6], [1, 3, 2], [6, 1]]) {
      const act = () => readSamples(formatNpz([['x', f4(shape, 1, 2, 3, 4, 5, 6)]]), int8);
      assert.throws(
        act,
        (cause: Error) => cause.message.includes(`[${shape}]`) && cause.message.includes('[1,2,1]'),
      );
    }
  });

  test('NaN, infinity, wrong label counts, empty and missing files are diagnostics', () => {
    const code = (...arrays: [string, FileArray][]) => codesOf(() => readSamples(formatNpz(arrays), int8));
    assert.deepEqual(code(['x', f4([1, 2], Number.NaN, 1)]), ['data-values']);
    assert.deepEqual(code(['x', f4([1, 2], 1, Infinity)]), ['data-values']);
    assert.deepEqual(code(['x', f4([0, 2])]), ['data-shape']);
    assert.deepEqual(code(['x', f4([1, 2], 1, 1)], ['y', f4([2], 1, 2)]), ['data-shape']);
    assert.deepEqual(
      codesOf(() => readSamples(at('none.npz'), int8)),
      ['cannot-read'],
    );
    writeFileSync(at('x.txt'), '1 2');
    assert.deepEqual(
      codesOf(() => readSamples(at('x.txt'), int8)),
      ['data-format'],
    );
    writeFileSync(at('odd.bin'), Uint8Array.of(1, 2, 3));
    assert.deepEqual(
      codesOf(() => readSamples(at('odd.bin'), int8)),
      ['data-shape'],
    );
    assert.deepEqual(
      codesOf(() => readSamples(new Uint8Array(0), int8)),
      ['data-shape'],
    );
  });

  test('labels that no output stands for are refused', () => {
    const labeled = (label: number) =>
      formatNpz([
        ['x', f4([1, 2], 1, 1)],
        ['y', f4([1], label)],
      ]);
    for (const label of [-1, 2]) {
      const act = () => readSamples(labeled(label), int8);
      assert.throws(act, new RegExp(`data-labels.*sample 0 is ${label}, and the model has 2 outputs`));
    }
    const one = ports({ name: 'in', dtype: 'float32', shape: [1, 1] });
    const file = formatNpz([
      ['x', f4([1, 1], 1)],
      ['y', f4([1], 40)],
    ]);
    assert.deepEqual(readSamples(file, one).labels, Int32Array.of(40));
  });

  test('a y of regression targets is no labels', () => {
    const file = formatNpz([
      ['x', f4([1, 2], 1, 1)],
      ['y', f4([1], 0.5)],
    ]);
    assert.equal(readSamples(file, int8).labels, undefined);
  });
});

describe('readDataset', () => {
  test('gives real values from every format', () => {
    assert.deepEqual(readDataset(formatNpz([['x', f4([1, 2], 0.1, 2)]]), int8).inputs, [
      Float32Array.of(0.1, 2),
    ]);
    assert.deepEqual(readDataset(Uint8Array.of(4, 2), int8).inputs, [Float32Array.of(0.5, -0.5)]);
    assert.deepEqual(readDataset(new Uint8Array(Float32Array.of(1.5, 2).buffer), float).inputs, [
      Float32Array.of(1.5, 2),
    ]);
    const huge: FileArray = { values: Float64Array.of(1, 1e300), shape: [1, 2] };
    assert.deepEqual(
      codesOf(() => readDataset(formatNpz([['x', huge]]), float)),
      ['data-values'],
    );
  });
});

describe('writeOutputs', () => {
  const raw = Uint8Array.of(4, 2, 3, 253);

  test('real values in .npz and .npy, integers with raw, bytes in .bin', () => {
    writeOutputs(at('o.npz'), int8, raw);
    assert.deepEqual([...parseNpz(readFileSync(at('o.npz')), 'o')], [['y', f4([2, 2, 1], 0.5, -0.5, 0, -3)]]);
    writeOutputs(at('o.npy'), int8, raw, { raw: true });
    assert.deepEqual(parseNpy(readFileSync(at('o.npy')), 'o'), {
      values: Int8Array.of(4, 2, 3, -3),
      shape: [2, 2, 1],
    });
    writeOutputs(at('o.bin'), int8, raw);
    assert.deepEqual(new Uint8Array(readFileSync(at('o.bin'))), raw);
  });

  test('several outputs by their names; .npy and unknown endings are refused and leave nothing', () => {
    const graph = ports(
      { name: 'a', dtype: 'int8', shape: [1], scale: 2 },
      { name: 'b', dtype: 'uint8', shape: [3] },
    );
    writeOutputs(at('two.npz'), graph, raw);
    const b: FileArray = { values: Uint8Array.of(2, 3, 253), shape: [1, 3] };
    assert.deepEqual(
      [...parseNpz(readFileSync(at('two.npz')), 'two')],
      [
        ['a', f4([1], 8)],
        ['b', b],
      ],
    );
    assert.deepEqual(
      codesOf(() => writeOutputs(at('two.npy'), graph, raw)),
      ['data-format'],
    );
    assert.deepEqual(
      codesOf(() => writeOutputs(at('two.csv'), graph, raw)),
      ['data-format'],
    );
    assert.ok(!existsSync(at('two.npy')));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});
