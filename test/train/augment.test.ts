/** Samples that change as they are trained on: what moves where, how much noise, and the same again after an interruption. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../../src/data/index.js';
import { CrimpError } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { augmented } from '../../src/train/augment.js';
import type { Batch } from '../../src/train/batches.js';
import type { TrainOptions } from '../../src/train/options.js';
import { train } from '../../src/train/train.js';
import { Network } from '../support/network.js';

const [rows, columns] = [4, 5];

function network(flat = false): Graph {
  const n = new Network('small', 'float32', 3);
  const input = n.input(flat ? [1, rows * columns * 2] : [1, rows, columns, 2]);
  return n.build(n.softmax(n.dense(flat ? input : n.flatten(input), 3)));
}

/** Every pixel says where it is. */
function batchOf(count: number): Batch {
  const values = Float32Array.from({ length: count * rows * columns * 2 }, (_, i) => i);
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  return { count, indices, inputs: [values], labels: indices.map((i) => i % 3) };
}

test('each sample moves as a whole, all ways alike, and its edge fills the gap', () => {
  const batch = batchOf(600);
  const { inputs, labels } = augmented(network(), batch, { shift: 1 }, 1, 0);
  assert.equal(labels, batch.labels);
  assert.notEqual(inputs[0], batch.inputs[0]);
  const moves = new Map<string, number>();
  const size = rows * columns * 2;
  for (let i = 0; i < batch.count; i++) {
    const at = (y: number, x: number, c: number) => i * size + (y * columns + x) * 2 + c;
    // Where the pixel in the middle came from says how the sample moved.
    const from = (inputs[0]![at(1, 1, 0)]! - i * size) / 2;
    const [down, right] = [1 - Math.floor(from / columns), 1 - (from % columns)];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const [sy, sx] = [
          Math.min(rows - 1, Math.max(0, y - down)),
          Math.min(columns - 1, Math.max(0, x - right)),
        ];
        for (const c of [0, 1]) assert.equal(inputs[0]![at(y, x, c)], at(sy, sx, c));
      }
    }
    const key = `${down} ${right}`;
    moves.set(key, (moves.get(key) ?? 0) + 1);
  }
  assert.equal(moves.size, 9);
  // 600 / 9 = 67, give or take four standard deviations of 7.7.
  for (const count of moves.values()) assert.ok(count > 36 && count < 98, JSON.stringify([...moves]));
});

test('flat images move like others, once their shape is known', () => {
  const batch = batchOf(3);
  const image = [rows, columns, 2] as const;
  const [flat, whole] = [
    augmented(network(true), batch, { shift: 2, image }, 4, 9),
    augmented(network(), batch, { shift: 2 }, 4, 9),
  ];
  assert.deepEqual(flat, whole);
});

test('noise has the deviation that it is given; seed and step alone decide it', () => {
  const batch = { ...batchOf(250), inputs: [new Float32Array(250 * rows * columns * 2)] };
  const draw = (seed: number, step: number) =>
    augmented(network(), batch, { noise: 0.5 }, seed, step).inputs[0]!;
  const values = draw(1, 0);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length - mean ** 2);
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(deviation - 0.5) < 0.02, `${mean} ± ${deviation}`);
  const within = values.filter((v) => Math.abs(v) < 0.5).length / values.length;
  assert.ok(Math.abs(within - 0.683) < 0.02, `${within}`);
  assert.deepEqual(draw(1, 0), values);
  assert.notDeepEqual(draw(1, 1), values);
  assert.notDeepEqual(draw(2, 0), values);
});

const { inputs, labels } = batchOf(12);
const data: Dataset = { count: 12, inputs: [inputs[0]!.map((v) => (v % 7) / 7)], labels };
const quick: TrainOptions = { epochs: 4, batchSize: 5, augment: { shift: 1, noise: 0.1 } };

test('a training goes on with the samples that it would have seen', async () => {
  await withTemporaryFolder(async (folder) => {
    const whole = await train(network(), data, quick);
    assert.notDeepEqual(await train(network(), data, { ...quick, augment: undefined }), whole);
    const checkpoint = path.join(folder, 'run.npz');
    const stop = new Error('enough');
    const interrupted = train(network(), data, {
      ...{ ...quick, checkpoint },
      onProgress: ({ epoch }) => {
        if (epoch === 3) throw stop;
      },
    });
    await assert.rejects(interrupted, stop);
    assert.deepEqual(await train(network(), data, { ...quick, checkpoint, resume: true }), whole);
    const other = { ...quick, augment: { shift: 2 }, checkpoint, resume: true };
    await assert.rejects(train(network(), data, other), /another training/);
  });
});

test('what cannot be shifted, or by so much, is refused', async () => {
  for (const [graph, augment, message] of [
    [network(true), { shift: 1 }, /small reads \[1,40\], which cannot be shifted/],
    [network(), { shift: 4 }, /a shift of 4 pixels moves images of 4 × 5 out of sight/],
    [network(), { shift: 0.5 }, /the shift is 0.5/],
    [network(), { shift: -1 }, /the shift is -1/],
    [network(), { noise: -0.1 }, /the noise is -0.1/],
    [network(), { noise: Number.NaN }, /the noise is NaN/],
  ] as const) {
    await assert.rejects(train(graph, data, { ...quick, augment }), (thrown: unknown) => {
      assert.ok(thrown instanceof CrimpError, String(thrown));
      assert.deepEqual([thrown.diagnostics[0]!.code, thrown.diagnostics.length], ['train-option', 1]);
      return message.test(thrown.message);
    });
  }
});
