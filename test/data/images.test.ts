import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { loadDataset, loadSamples, prepareDataset, readDataset } from '../../src/data/index.js';
import { type Diagnostic, formatDiagnostic } from '../../src/diagnostics.js';
import { classifier, codesOf, ports } from './ports.js';

const folder = mkdtempSync(path.join(tmpdir(), 'crimp-images-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => path.join(folder, ...names);

type Color = readonly [number, number, number];

/** One color all over. */
async function paint(file: string, [r, g, b]: Color, { width = 6, height = 4, alpha = false } = {}) {
  mkdirSync(path.dirname(file), { recursive: true });
  const background = { r, g, b, alpha: 1 };
  await sharp({ create: { width, height, channels: alpha ? 4 : 3, background } }).toFile(file);
}

const rgb = classifier([1, 2, 3, 3], 2);
const repeated = (times: number, ...values: number[]) => Array.from({ length: times }, () => values).flat();

test('sub-folders are classes: decoded, resized, 0 … 255; what is no image is skipped and told', async () => {
  await paint(at('pets', 'dog', '1.png'), [200, 100, 50]);
  await paint(at('pets', 'cat', '2.png'), [1, 2, 3], { width: 40, height: 30, alpha: true });
  await paint(at('pets', 'cat', '1.webp'), [255, 255, 255]);
  writeFileSync(at('pets', 'cat', 'notes.txt'), 'two cats');
  writeFileSync(at('pets', '.DS_Store'), '');
  const notes: Diagnostic[] = [];
  const data = await loadDataset(at('pets'), rgb, { onNote: (note) => notes.push(note) });
  assert.equal(data.count, 3);
  assert.deepEqual(data.labels, Int32Array.of(0, 0, 1));
  assert.deepEqual(
    [...data.inputs[0]!],
    [...repeated(6, 255, 255, 255), ...repeated(6, 1, 2, 3), ...repeated(6, 200, 100, 50)],
  );
  assert.deepEqual(
    notes.map((note) => formatDiagnostic(note).replace(at('pets'), 'pets')),
    [
      'note[data-classes] pets: labels are 0 cat, 1 dog',
      'note[data-skipped] pets: skipped what is no image: cat/notes.txt',
    ],
  );
  assert.deepEqual(
    codesOf(() => readDataset(at('pets'), rgb)),
    ['data-format'],
  );
});

test('a folder of images without classes has no labels; gray where the model has one channel, or is flat', async () => {
  await paint(at('plain', 'b.png'), [90, 90, 90]);
  await paint(at('plain', 'a.png'), [0, 0, 0]);
  for (const shape of [
    [1, 2, 2, 1],
    [1, 2, 2],
    [1, 4],
  ]) {
    const { count, labels, inputs } = await loadDataset(at('plain'), classifier(shape, 2));
    assert.deepEqual(
      [count, labels, [...inputs[0]!]],
      [2, undefined, [...repeated(4, 0), ...repeated(4, 90)]],
    );
  }
  const flat = await loadDataset(at('plain'), classifier([1, 12], 2));
  assert.deepEqual([...flat.inputs[0]!], [...repeated(12, 0), ...repeated(12, 90)]);
});

test('a gradient keeps its direction, and a camera’s orientation is respected', async () => {
  const ramp = Uint8Array.from({ length: 64 }, (_, i) => 32 * (i % 8));
  mkdirSync(at('ramp'));
  const image = () => sharp(ramp, { raw: { width: 8, height: 8, channels: 1 } });
  await image().png().toFile(at('ramp', 'a.png'));
  await image().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(at('ramp', 'b.jpg'));
  const { inputs } = await loadDataset(at('ramp'), classifier([1, 2, 2, 1], 2));
  const [a, b, c, d, ...turned] = inputs[0]!;
  assert.ok(a === c && b === d && a! < 80 && b! > 140, String(inputs[0]));
  const [e, f, g, h] = turned;
  assert.ok(Math.abs(e! - f!) < 3 && Math.abs(g! - h!) < 3 && e! < 80 && g! > 140, String(turned));
});

test('normalized as the model records, and quantized; its classes keep their numbers in a folder that lacks some', async () => {
  const { graph } = await prepareDataset(at('pets'), rgb, { normalize: '-1..1' });
  assert.deepEqual(graph.normalization, [{ mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }]);
  assert.deepEqual(graph.classes, ['cat', 'dog']);
  await paint(at('dogs', 'dog', '1.png'), [0, 255, 0]);
  const dogs = await loadDataset(at('dogs'), graph);
  assert.deepEqual([dogs.labels, [...dogs.inputs[0]!]], [Int32Array.of(1), repeated(6, -1, 1, -1)]);
  const int8 = ports({ name: 'in', dtype: 'int8', shape: [1, 2, 3, 3], scale: 1 / 64, zeroPoint: -1 });
  const samples = await loadSamples(at('dogs'), { ...int8, normalization: graph.normalization });
  assert.deepEqual([...new Int8Array(samples.bytes(0).buffer)], repeated(6, -65, 63, -65));
});

test('broken images by their names, no images, unknown classes, models without images', async () => {
  await paint(at('broken', 'ok.png'), [1, 1, 1]);
  writeFileSync(
    at('broken', 'cut.png'),
    (await sharp(at('broken', 'ok.png')).png().toBuffer()).subarray(0, 50),
  );
  writeFileSync(at('broken', 'text.jpg'), 'no image');
  await assert.rejects(loadDataset(at('broken'), rgb), (cause: Error) =>
    ['cut.png', 'text.jpg'].every((name) =>
      cause.message.includes(`error[data-format] ${at('broken', name)}: cannot be decoded`),
    ),
  );
  mkdirSync(at('empty'));
  await assert.rejects(loadDataset(at('empty'), rgb), /data-shape.*holds no images/);
  mkdirSync(at('hollow', 'a'), { recursive: true });
  await assert.rejects(loadDataset(at('hollow'), rgb), /data-shape.*holds no images/);
  await assert.rejects(loadDataset(at('dogs'), { ...rgb, classes: ['cat', 'emu'] }), /data-labels.*"dog"/);
  await assert.rejects(
    loadDataset(at('plain'), classifier([1, 3, 5, 7], 2)),
    /data-shape.*the model takes \[1,3,5,7\]/,
  );
  await assert.rejects(loadDataset(at('plain'), classifier([1, 7], 2)), /data-shape/);
});
