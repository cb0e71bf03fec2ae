/** Data of every format, from training to the device, as a user meets them. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { random } from '../property/random.js';
import { crimp, withoutProgress } from '../support/cli.js';
import { Network } from '../support/network.js';

const load = (file: string): Graph => importModel(readFileSync(file), { name: 'm' });

/** Runs a verb with --json and gives its document. */
async function document(...args: string[]) {
  const ran = await crimp([...args, '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  return { ...JSON.parse(ran.stdout), stderr: ran.stderr };
}

/** Two measurements on very different scales; the kind is whether their sum, evened out, is positive. */
function measurements(seed: number, count: number): string {
  const rng = random(seed);
  const rows = Array.from({ length: count }, () => {
    const [a, b] = [2 * rng.next() - 1, 2 * rng.next() - 1];
    return `${(5000 + 1000 * a).toFixed(1)},${a + b > 0 ? 'warm' : 'cold'},${(0.001 * b).toExponential(4)}`;
  });
  return ['pressure,kind,current', ...rows].join('\n');
}

test('a .csv: named classes, standard features, kept with the model through pruning and quantization', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const n = new Network('kinds', 'float32', 2);
    writeFileSync(
      at('m.tflite'),
      exportTflite(n.build(n.softmax(n.dense(n.dense(n.input([1, 2]), 8, 'RELU'), 2)))),
    );
    writeFileSync(at('train.csv'), measurements(1, 300));
    writeFileSync(at('test.csv'), measurements(2, 100));
    writeFileSync(
      at('warm.csv'),
      measurements(3, 60)
        .split('\n')
        .filter((row) => !row.includes('cold'))
        .join('\n'),
    );
    const data = ['--data', at('train.csv'), '--label-column', 'kind'];
    const rule = ['--normalize', 'standard', '--epochs', '12', '--learning-rate', '0.02'];
    const held = ['--validation', at('test.csv')];
    const trained = await document('train', at('m.tflite'), ...data, ...rule, ...held, '-o', at('t.tflite'));
    assert.match(trained.stderr, /note\[data-classes\].*labels are 0 cold, 1 warm/);
    assert.ok(trained.history.at(-1).validation.accuracy > 0.9, JSON.stringify(trained.history.at(-1)));
    const { normalization, classes } = load(at('t.tflite'));
    assert.deepEqual(classes, ['cold', 'warm']);
    assert.ok(Math.abs(normalization![0]!.mean[0]! - 5000) < 100 && normalization![0]!.std[1]! < 0.001);

    const prune = ['prune', at('t.tflite'), ...data, '--sparsity', '0.2', '--finetune', '1'];
    await document(...prune, '-o', at('p.tflite'));
    const quantized = await document('quantize', at('p.tflite'), ...data, '-o', at('q.tflite'));
    assert.ok(quantized.accuracy.quantized > 0.9, JSON.stringify(quantized.accuracy));
    for (const file of ['p.tflite', 'q.tflite']) {
      assert.deepEqual(
        [load(at(file)).normalization, load(at(file)).classes],
        [normalization, classes],
        file,
      );
    }
    const input = ['--label-column', 'kind', '--input'];
    const simulated = await document('simulate', at('q.tflite'), ...input, at('test.csv'));
    assert.ok(simulated.accuracy > 0.9, String(simulated.accuracy));
    const warm = await document('simulate', at('q.tflite'), ...input, at('warm.csv'));
    assert.ok(warm.accuracy > 0.85, 'a file of one class keeps its number');
    assert.equal(withoutProgress(warm.stderr), '');
    const unscaled = await document(
      'simulate',
      at('q.tflite'),
      '--normalize',
      'none',
      ...input,
      at('test.csv'),
    );
    assert.ok(unscaled.accuracy < 0.8, String(unscaled.accuracy));
    const host = ['validate', at('q.tflite'), '--target', 'host', '--samples', '20'];
    assert.equal((await document(...host, ...input, at('test.csv'))).exact, true);
    assert.deepEqual((await document('analyze', at('q.tflite'))).inputs[0].normalization, normalization![0]);
  });
});

test('a folder of images: trained, quantized, run', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (...names: string[]) => path.join(folder, ...names);
    const rng = random(6);
    for (const kind of ['across', 'down']) {
      mkdirSync(at('lines', kind), { recursive: true });
      for (let i = 0; i < 30; i++) {
        const place = Math.floor(8 * rng.next());
        const light = 150 + Math.floor(100 * rng.next());
        const on = (p: number) => (kind === 'down' ? p % 8 : Math.floor(p / 8)) === place;
        const pixels = Uint8Array.from({ length: 64 }, (_, p) => (on(p) ? light : 20 * rng.next()));
        const image = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } });
        await image
          .resize(16, 16, { kernel: 'nearest' })
          .toFile(at('lines', kind, `${i}.${i % 2 ? 'png' : 'webp'}`));
      }
    }
    writeFileSync(at('lines', 'readme.txt'), 'lines');
    const n = new Network('lines', 'float32', 2);
    const x = n.conv(n.input([1, 8, 8, 1]), 6, { kernel: [3, 3], activation: 'RELU' });
    const pooled = n.pool('MAX_POOL_2D', x, { kernel: [2, 2], stride: [2, 2] });
    writeFileSync(at('m.tflite'), exportTflite(n.build(n.softmax(n.dense(n.reshape(pooled, [1, 96]), 2)))));
    const rule = ['--normalize', '0..1', '--epochs', '20', '--learning-rate', '0.01'];
    const trained = await document(
      'train',
      at('m.tflite'),
      '--data',
      at('lines'),
      ...rule,
      '-o',
      at('t.tflite'),
    );
    assert.match(trained.stderr, /data-classes.*0 across, 1 down[\s\S]*data-skipped.*readme\.txt/);
    assert.ok(trained.history.at(-1).accuracy > 0.95, JSON.stringify(trained.history.at(-1)));
    assert.deepEqual(load(at('t.tflite')).normalization, [{ mean: [0], std: [255] }]);
    const { accuracy } = await document(
      'quantize',
      at('t.tflite'),
      '--data',
      at('lines'),
      '-o',
      at('q.tflite'),
    );
    assert.ok(accuracy.quantized > 0.9, JSON.stringify(accuracy));
    const ran = await document('run', at('q.tflite'), '--target', 'host', '--input', at('lines'));
    assert.ok(ran.accuracy > 0.9, String(ran.accuracy));

    writeFileSync(at('lines', 'down', 'broken.png'), 'no image');
    const refused = await crimp(['train', at('m.tflite'), '--data', at('lines'), '-o', at('o.tflite')]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /error\[data-format\] .*broken\.png: cannot be decoded/);
    assert.ok(!existsSync(at('o.tflite')));
  });
});

test('rules and columns that cannot be are refused', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const n = new Network('m', 'float32', 2);
    writeFileSync(at('m.tflite'), exportTflite(n.build(n.dense(n.input([1, 2]), 2))));
    writeFileSync(at('d.csv'), 'a,b,kind\n1,2,0\n3,4,one\n5,6,two\n');
    const refused = async (pattern: RegExp, ...args: string[]) => {
      const ran = await crimp(args);
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, pattern);
    };
    const train = ['train', at('m.tflite'), '--data', at('d.csv'), '-o', at('o.tflite')];
    await refused(/bad-usage.*no way to normalize is called "256"/, ...train, '--normalize', '256');
    await refused(/data-missing.*line 1: has no column "sort"/, ...train, '--label-column', 'sort');
    await refused(/data-labels.*sample 2 is 2, and the model has 2 outputs/, ...train);
    await refused(
      /bad-usage.*about data/,
      'prune',
      at('m.tflite'),
      '--sparsity',
      '0.5',
      '--normalize',
      '0..1',
      '-o',
      at('o.tflite'),
    );
    assert.ok(!existsSync(at('o.tflite')));
  });
});
