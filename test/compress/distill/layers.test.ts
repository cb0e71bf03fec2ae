/** Layers compared: the losses by hand, which one fits which shapes, students that learn by them, and refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distill } from '../../../src/compress/distill/distill.js';
import { type LayerLoss, layerLoss } from '../../../src/compress/distill/layer_losses.js';
import { type LayerPair, matchLayers } from '../../../src/compress/distill/layers.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../src/data/index.js';
import { CrimpError } from '../../../src/diagnostics.js';
import type { Graph } from '../../../src/graph/graph.js';
import type { TrainOptions } from '../../../src/train/options.js';
import { loadTensorflow } from '../../../src/train/tensorflow.js';
import { random } from '../../property/random.js';
import { Network } from '../../support/network.js';

type Rows = readonly (readonly number[])[];

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const unit = (row: readonly number[]) => row.map((v) => v / Math.hypot(...row));
const distance = (a: Rows, b: Rows) => {
  return sum(a.map((row, i) => sum(row.map((v, k) => (v - b[i]![k]!) ** 2)))) / a.length;
};

/** The formulas, over samples of so many channels a pixel. */
const byHand: Readonly<
  Record<LayerLoss, (teacher: Rows, student: Rows, channels: [number, number]) => number>
> = {
  features: (t, s) => distance(t, s) / (sum(t.map((row) => sum(row.map((v) => v * v)))) / t.length),
  attention(t, s, channels) {
    const map = (row: readonly number[], n: number) =>
      Array.from({ length: row.length / n }, (_, i) => sum(row.slice(i * n, (i + 1) * n).map((v) => v * v)));
    return distance(
      t.map((row) => unit(map(row, channels[0]))),
      s.map((row) => unit(map(row, channels[1]))),
    );
  },
  similarity(t, s) {
    const gram = (rows: Rows) => rows.map((a) => unit(rows.map((b) => sum(a.map((v, i) => v * b[i]!)))));
    return distance(gram(t), gram(s));
  },
};

function rowsOf(samples: number, size: number, seed: number): number[][] {
  const rng = random(seed);
  return Array.from({ length: samples }, () => Array.from({ length: size }, () => 2 * rng.next() - 0.7));
}

for (const [loss, teacherShape, studentShape] of [
  ['features', [2, 3, 2], [2, 3, 2]],
  ['attention', [2, 3, 4], [2, 3, 2]],
  ['similarity', [4, 4, 3], [7]],
] as const) {
  test(`${loss}: value and gradient are those of the formula, and scales of the teacher make no difference`, async () => {
    const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
    const [t, s] = [rowsOf(5, size(teacherShape), 1), rowsOf(5, size(studentShape), 2)];
    const channels: [number, number] = [teacherShape.at(-1)!, studentShape.at(-1)!];
    const tf = await loadTensorflow();
    const teacher = tf.tensor(t.flat(), [5, ...teacherShape]);
    const student = tf.tensor(s.flat(), [5, ...studentShape]);
    const of = (x: typeof student) => layerLoss(tf, loss, teacher, x) as ReturnType<typeof tf.scalar>;
    const near = (found: number, wanted: number, what: string) =>
      assert.ok(Math.abs(found - wanted) < 2e-4, `${what}: ${found} for ${wanted}`);
    near(of(student).dataSync()[0]!, byHand[loss](t, s, channels), 'value');
    const gradient = tf.grad(of)(student).dataSync();
    for (let i = 0; i < 5; i++) {
      for (let k = 0; k < s[0]!.length; k += 2) {
        const moved = (by: number) => s.map((row, r) => row.map((v, c) => (r === i && c === k ? v + by : v)));
        const [up, down] = [1e-5, -1e-5].map((by) => byHand[loss](t, moved(by), channels)) as [
          number,
          number,
        ];
        near(gradient[i * s[0]!.length + k]!, (up - down) / 2e-5, `gradient ${i} ${k}`);
      }
    }
    const scaled = layerLoss(
      tf,
      loss,
      tf.mul(teacher, 50),
      loss === 'features' ? tf.mul(student, 50) : student,
    );
    near(scaled.dataSync()[0]!, byHand[loss](t, s, channels), 'scaled');
  });
}

const side = 6;

function network(name: string, seed: number, filters: number, hidden: number, stride = 1): Graph {
  const n = new Network(name, 'float32', seed);
  const options = { kernel: [3, 3], stride: [stride, stride], activation: 'RELU' } as const;
  const image = n.conv(n.input([1, side, side, 1]), filters, options);
  const pooled = n.pool('MAX_POOL_2D', image, { kernel: [2, 2], stride: [2, 2] });
  return n.build(n.softmax(n.dense(n.dense(n.flatten(pooled), hidden, 'RELU'), 3)));
}

const [teacher, student] = [network('large', 1, 8, 16), network('small', 2, 3, 16)];

const rng = random(3);
const data: Dataset = {
  count: 48,
  inputs: [Float32Array.from({ length: 48 * side * side }, () => rng.next() * 2 - 1)],
  labels: Int32Array.from({ length: 48 }, () => rng.int(0, 2)),
};

const layers: readonly LayerPair[] = [
  { teacher: 'conv_1', student: 'conv_1' },
  { teacher: 'dense_4', student: 'dense_4', weight: 0.5 },
  { teacher: 'pool_2', student: 'dense_4' },
];

const quick: TrainOptions = { epochs: 25, batchSize: 16, learningRate: 0.01, seed: 3 };

test('shapes choose the loss', () => {
  const kinds = (other: Graph) =>
    matchLayers(teacher, other, layers).map(({ loss, weight }) => [loss, weight]);
  assert.deepEqual(kinds(student), [
    ['attention', 1],
    ['features', 0.5],
    ['similarity', 1],
  ]);
  assert.deepEqual(kinds(network('same', 2, 8, 16))[0], ['features', 1]);
  // An image of another size.
  assert.deepEqual(kinds(network('strided', 2, 3, 16, 2))[0], ['similarity', 1]);
});

test('layers alone are enough to learn from, and count in the loss', async () => {
  const { labels, ...unlabeled } = data;
  const taught = await distill(teacher, student, unlabeled, { ...quick, alpha: 1, layers });
  const [first, last] = [taught.history[0]!.loss, taught.history.at(-1)!.loss];
  assert.ok(last < first / 2, `${first} → ${last}`);
  const without = await distill(teacher, student, unlabeled, { ...quick, alpha: 1 });
  assert.ok(first > without.history[0]!.loss, `${first}, ${without.history[0]!.loss}`);
  assert.deepEqual(await distill(teacher, student, unlabeled, { ...quick, alpha: 1, layers }), taught);
});

test('a teacher says the same in advance and on the spot, float or int8', async () => {
  const int8 = quantize(teacher, data, { allowCollapse: true }).graph;
  const names = int8.ops.map((op) => op.name);
  assert.ok(names.includes('conv_1') && names.includes('pool_2'), names.join());
  for (const [graph, pairs] of [
    [teacher, []],
    [int8, []],
    [int8, layers.filter((pair) => names.includes(pair.teacher))],
  ] as const) {
    const options = { ...quick, epochs: 2, layers: pairs, validation: 0.25 };
    const once = await distill(graph, student, data, options);
    // Noise of nothing: nothing is known in advance of samples that change.
    const live = await distill(graph, student, data, { ...options, augment: { noise: 0 } });
    once.history.forEach(({ loss, validation }, i) => {
      const other = live.history[i]!;
      assert.ok(Math.abs(loss - other.loss) < 1e-4, `${loss}, ${other.loss}`);
      assert.ok(Math.abs(validation!.loss - other.validation!.loss) < 1e-4);
    });
  }
});

test('pairs that make no sense are refused, and names that were meant are offered', async () => {
  const refused = (pairs: readonly LayerPair[], pattern: RegExp, batchSize = 16) =>
    assert.rejects(
      distill(teacher, student, data, { ...quick, batchSize, layers: pairs }),
      (thrown: unknown) => {
        assert.ok(thrown instanceof CrimpError, String(thrown));
        const found = thrown.diagnostics.filter((d) => d.code === 'distill-layer');
        assert.equal(found.length, thrown.diagnostics.length, thrown.message);
        assert.match(found.map((d) => `${d.message} ${d.hint}`).join('\n'), pattern);
        return true;
      },
    );
  await refused(
    [{ teacher: 'Conv1', student: 'pool_2' }],
    /large, the teacher, has no layer "Conv1" Did you mean conv_1\? There are conv_1, pool_2, reshape_3/,
  );
  await refused(
    [{ teacher: 'conv_1', student: 'block' }],
    /small, the student, has no layer "block" There are/,
  );
  await refused(
    [
      { teacher: 'a', student: 'conv_1' },
      { teacher: 'conv_1', student: 'b' },
    ],
    /layer "a"[\s\S]*layer "b"/,
  );
  for (const weight of [0, -1, Number.NaN, Infinity]) {
    await refused([{ teacher: 'conv_1', student: 'conv_1', weight }], /the weight of conv_1 and conv_1 is/);
  }
  await refused([layers[2]!], /pool_2 \[1,3,3,8\] and dense_4 \[1,16\].* a batch has one/, 1);
  const n = new Network('small', 'float32', 2);
  const pooled = n.pool('AVERAGE_POOL_2D', n.input([1, side, side, 1]), { kernel: [2, 2], stride: [2, 2] });
  const flat = n.build(n.softmax(n.dense(n.flatten(pooled), 3)));
  await assert.rejects(
    distill(teacher, flat, data, { ...quick, layers: [{ teacher: 'conv_1', student: 'pool_1' }] }),
    /nothing before pool_1 of small, the student, is trained/,
  );
});
