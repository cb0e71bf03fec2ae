import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatNpz,
  type NormalizeRule,
  parseNormalizeRule,
  prepareDataset,
  readDataset,
  readSamples,
} from '../../src/data/index.js';
import { renormalized } from '../../src/data/normalize.js';
import type { Graph } from '../../src/graph/graph.js';
import { classifier, codesOf, ports } from './ports.js';

const image = classifier([1, 2, 1, 2], 2);
const flat = classifier([1, 2], 2);
const npz = (values: Float32Array | Uint8Array, size: number) =>
  formatNpz([['x', { values, shape: [values.length / size, size] }]]);
const imageFile = (values: Float32Array | Uint8Array) =>
  formatNpz([['x', { values, shape: [values.length / 4, 2, 1, 2] }]]);

test('rules as people write them', () => {
  for (const name of ['none', '0..1', '-1..1', 'standard']) assert.equal(parseNormalizeRule(name), name);
  assert.deepEqual(parseNormalizeRule('127.5/127.5'), { mean: [127.5], std: [127.5] });
  assert.deepEqual(parseNormalizeRule('1,-2,3/4,5,6'), { mean: [1, -2, 3], std: [4, 5, 6] });
  for (const bad of [
    '',
    '1',
    '1/0',
    '1/-1',
    '1,2/3',
    '1/2/3',
    'a/b',
    '0..255',
    '/',
    '1,/1,1',
    '1/Infinity',
    '1/1e-60',
  ]) {
    assert.deepEqual(
      codesOf(() => parseNormalizeRule(bad)),
      ['bad-usage'],
      bad,
    );
  }
});

test('ranges: of bytes their own, of other values what they span, by feature or channel', async () => {
  const ranged = async (file: Uint8Array, graph: Graph, rule: NormalizeRule) =>
    (await prepareDataset(file, graph, { normalize: rule })).graph.normalization;
  const bytes = npz(Uint8Array.of(3, 4), 2);
  assert.deepEqual(await ranged(bytes, flat, '0..1'), [{ mean: [0], std: [255] }]);
  assert.deepEqual(await ranged(bytes, flat, '-1..1'), [{ mean: [127.5], std: [127.5] }]);
  assert.deepEqual(await ranged(imageFile(Uint8Array.of(1, 2, 3, 4)), image, '0..1'), [
    { mean: [0, 0], std: [255, 255] },
  ]);
  const features = npz(Float32Array.of(1, 10, 3, 10), 2);
  assert.deepEqual(await ranged(features, flat, '0..1'), [{ mean: [1, 10], std: [2, 1] }]);
  assert.deepEqual(await ranged(features, flat, '-1..1'), [{ mean: [2, 10], std: [1, 1] }]);
  assert.deepEqual(await ranged(features, flat, 'standard'), [{ mean: [2, 10], std: [1, 1] }]);
  assert.deepEqual(
    await ranged(features, { ...flat, normalization: [{ mean: [1], std: [1] }] }, 'none'),
    undefined,
  );
  const ids = ports({ name: 'ids', dtype: 'int32', shape: [1, 2] });
  assert.deepEqual(await ranged(features, ids, 'standard'), [null]);
  await assert.rejects(
    ranged(features, flat, { mean: [1, 2, 3], std: [1, 1, 1] }),
    /bad-usage.*3 means.*2 channels/,
  );
  await assert.rejects(ranged(features, flat, { mean: [1], std: [0] }), /bad-usage.*no way to normalize/);
  await assert.rejects(ranged(new Uint8Array(8), flat, 'standard'), /bad-usage.*own values/);
});

test('standard data have mean 0 and deviation 1 in each channel', async () => {
  const value = fc.float({ noNaN: true, min: -100, max: 100 });
  const samples = fc.array(fc.tuple(value, value, value, value), { minLength: 3, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(samples, async (rows) => {
      const file = imageFile(Float32Array.from(rows.flat()));
      const { dataset } = await prepareDataset(file, image, { normalize: 'standard' });
      for (const channel of [0, 1]) {
        const own = dataset.inputs[0]!.filter((_, i) => i % 2 === channel);
        const mean = own.reduce((a, b) => a + b, 0) / own.length;
        const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length;
        assert.ok(Math.abs(mean) < 1e-3, `mean ${mean}`);
        assert.ok(variance < 1e-6 || Math.abs(variance - 1) < 1e-3, `variance ${variance}`);
      }
    }),
    { seed: 9, numRuns: 50 },
  );
});

test('applies to real values, never to tensors’ own', () => {
  const normalization = [{ mean: [10], std: [4] }];
  const file = npz(Float32Array.of(12, 6), 2);
  assert.deepEqual(readDataset(file, { ...flat, normalization }).inputs, [Float32Array.of(0.5, -1)]);
  assert.deepEqual(readDataset(file, { ...flat, normalization }, { normalize: 'none' }).inputs, [
    Float32Array.of(12, 6),
  ]);
  const int8 = {
    ...ports({ name: 'in', dtype: 'int8', shape: [1, 2], scale: 0.25, zeroPoint: 3 }),
    normalization,
  };
  assert.deepEqual([...new Int8Array(readSamples(file, int8).bytes(0).buffer)], [5, -1]);
  assert.deepEqual([...readSamples(Uint8Array.of(7, 8), int8).bytes(0)], [7, 8]);
  const own = formatNpz([['x', { values: Int8Array.of(7, 8), shape: [1, 2] }]]);
  assert.deepEqual([...readSamples(own, int8, { raw: true }).bytes(0)], [7, 8]);
  assert.throws(() => readSamples(own, int8, { raw: true, normalize: 'standard' }), /bad-usage.*own values/);
});

test('NaN is told where it stands, also when the rule looks at the data', async () => {
  const file = npz(Float32Array.of(1, 2, 3, Number.NaN), 2);
  for (const normalize of ['standard', '0..1', '-1..1', 'none'] as const) {
    await assert.rejects(
      prepareDataset(file, flat, { normalize }),
      /data-values.*value 1 of sample 1 is NaN/,
    );
  }
});

test('what another model reads of the same data', () => {
  const raw = Float32Array.of(0, 51, 102, 255);
  const a = { ...flat, normalization: [{ mean: [127.5, 0], std: [127.5, 255] }] };
  const b = { ...flat, normalization: [{ mean: [0], std: [51] }] };
  const of = (graph: Graph) => readDataset(npz(raw, 2), graph).inputs;
  assert.deepEqual(renormalized(of(a), a, b), of(b));
  assert.deepEqual(renormalized(of(b), b, flat), of(flat));
  const own = of(a);
  assert.equal(renormalized(own, a, { ...flat, normalization: a.normalization })[0], own[0]);
});
