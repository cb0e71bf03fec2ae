/** Distillation: the loss and its gradient by hand, a small network that learns digits from a large one, and refusals. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../../src/assets.js';
import { distill } from '../../../src/compress/distill/distill.js';
import type { DistillOptions } from '../../../src/compress/distill/lesson.js';
import { logits } from '../../../src/compress/distill/logits.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import { type Dataset, formatNpz, readDataset } from '../../../src/data/index.js';
import { CrimpError } from '../../../src/diagnostics.js';
import { distillFile } from '../../../src/distill_file.js';
import { exportTflite } from '../../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../../src/files.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import { importModel } from '../../../src/importers/index.js';
import { formatDistillation } from '../../../src/report/distillation.js';
import { splitOff } from '../../../src/train/batches.js';
import { variablesOf } from '../../../src/train/variables.js';
import { Network } from '../../support/network.js';

function weights(graph: Graph): Float32Array[] {
  return variablesOf(graph).map(({ tensor }) => graph.tensors[tensor]!.data as Float32Array);
}

async function refused(work: Promise<unknown>, code: string, message: RegExp) {
  await assert.rejects(work, (thrown: unknown) => {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    assert.equal(thrown.exitCode, 2);
    const found = thrown.diagnostics.find((d) => d.code === code && message.test(d.message));
    assert.ok(found, thrown.message);
    return true;
  });
}

/** One dense layer; its weights are all there is. */
function dense(name: string, seed: number, classes = 3, inputs = 2): Graph {
  const n = new Network(name, 'float32', seed);
  return n.build(n.softmax(n.dense(n.input([1, inputs]), classes)));
}

const points: Dataset = {
  count: 4,
  inputs: [Float32Array.of(0.5, -1, 2, 0.25, -0.75, 1.5, 1, 1)],
  labels: Int32Array.of(0, 2, 1, 1),
};

const softmax = (z: readonly number[], temperature = 1) => {
  const exps = z.map((v) => Math.exp(v / temperature));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((e) => e / sum);
};

/** The loss over the points and its gradient by weights and bias, from the formulas. */
function byHand(teacher: Graph, student: Graph, temperature: number, alpha: number) {
  const rowsOf = (graph: Graph, x: readonly number[]) => {
    const [w, b] = weights(graph) as [Float32Array, Float32Array];
    return Array.from(b, (bias, c) => bias + w[2 * c]! * x[0]! + w[2 * c + 1]! * x[1]!);
  };
  const [gradient, biasGradient] = [new Float64Array(6), new Float64Array(3)];
  let loss = 0;
  for (let i = 0; i < points.count; i++) {
    const x = [...points.inputs[0]!.subarray(2 * i, 2 * i + 2)];
    const label = points.labels![i]!;
    const z = rowsOf(student, x);
    const [p, q, s] = [softmax(rowsOf(teacher, x), temperature), softmax(z, temperature), softmax(z)];
    const divergence = p.reduce((sum, pc, c) => sum + pc * Math.log(pc / q[c]!), 0);
    loss += alpha * temperature ** 2 * divergence - (1 - alpha) * Math.log(s[label]!);
    for (let c = 0; c < 3; c++) {
      const hard = s[c]! - (c === label ? 1 : 0);
      const dz = (alpha * temperature * (q[c]! - p[c]!) + (1 - alpha) * hard) / points.count;
      biasGradient[c]! += dz;
      gradient[2 * c]! += dz * x[0]!;
      gradient[2 * c + 1]! += dz * x[1]!;
    }
  }
  return { loss: loss / points.count, gradients: [gradient, biasGradient] };
}

for (const [temperature, alpha] of [
  [1, 1],
  [4, 0.7],
  [2.5, 0.25],
  [3, 0],
] as const) {
  test(`loss and gradient are those of the formula, T = ${temperature}, α = ${alpha}`, async () => {
    const [teacher, student] = [dense('teacher', 1), dense('student', 2)];
    const expected = byHand(teacher, student, temperature, alpha);
    const rate = 0.5;
    for (const backend of ['wasm', 'cpu'] as const) {
      const { graph, history } = await distill(teacher, student, points, {
        ...{ temperature, alpha, backend, epochs: 1, batchSize: 4 },
        ...{ optimizer: 'sgd', learningRate: rate },
      });
      assert.ok(Math.abs(history[0]!.loss - expected.loss) < 1e-5, `${history[0]!.loss}, ${expected.loss}`);
      weights(graph).forEach((after, v) => {
        after.forEach((w, i) => {
          const wanted = weights(student)[v]![i]! - rate * expected.gradients[v]![i]!;
          assert.ok(Math.abs(w - wanted) < 1e-5, `${backend} ${v}[${i}]: ${w} for ${wanted}`);
        });
      });
    }
  });
}

test('a student that is its teacher has nothing to learn from it', async () => {
  const teacher = dense('teacher', 1);
  const options = { alpha: 1, epochs: 1, optimizer: 'sgd' } as const;
  const { labels, ...unlabeled } = points;
  const { history } = await distill(teacher, teacher, unlabeled, options);
  assert.ok(Math.abs(history[0]!.loss) < 1e-6);
  assert.equal(history[0]!.accuracy, null);
});

const at = (name: string) => assetPath(`examples/digits/${name}`);
const digits = { bytes: readFileSync(at('digits.tflite')), name: 'digits', file: at('digits.tflite') };
const teacher = importModel(digits.bytes, digits);
const samples = readDataset(at('calibration.npz'), teacher);

/** About a tenth of the teacher's MACs; pixels are 0 … 255, so that the first weights have to be small. */
function student(classes = 10): Graph {
  const n = new Network('student', 'float32', 6);
  const small = n.pool('AVERAGE_POOL_2D', n.input([1, 28, 28, 1]), { kernel: [2, 2], stride: [2, 2] });
  const graph = n.build(n.softmax(n.dense(n.dense(n.flatten(small), 24, 'RELU'), classes)));
  const first = graph.ops.find((op) => op.type === 'FULLY_CONNECTED')!.inputs[1]!;
  const tensors = graph.tensors.map((t, i) =>
    i === first ? { ...t, data: (t.data as Float32Array).map((v) => v / 128) } : t,
  );
  return { ...graph, tensors };
}

const quick = { epochs: 12, batchSize: 16, learningRate: 0.002, seed: 3 } satisfies DistillOptions;

test('a small network learns digits from the large one, labels or none, and twice the same', async () => {
  const { train, validation } = splitOff(samples, 0.2, 1);
  const { graph, history } = await distill(teacher, student(), train, { ...quick, validation });
  assert.deepEqual(checkGraph(graph), []);
  const [first, last] = [history[0]!, history.at(-1)!];
  assert.ok(last.loss < first.loss / 4, JSON.stringify([first, last]));
  assert.ok(last.validation!.accuracy! > 0.75, JSON.stringify(last));
  assert.deepEqual(await distill(teacher, student(), train, { ...quick, validation }), {
    graph,
    history,
    epoch: 12,
  });

  const { labels, ...unlabeled } = train;
  const alone = await distill(teacher, student(), unlabeled, { ...quick, alpha: 1, validation });
  assert.equal(alone.history.at(-1)!.accuracy, null);
  assert.ok(alone.history.at(-1)!.validation!.accuracy! > 0.75, JSON.stringify(alone.history.at(-1)));
});

test('a teacher that normalizes its input hears the data that its student reads as they are', async () => {
  const normalization = [{ mean: [0.5], std: [2] }];
  const [large, small] = [dense('teacher', 1), dense('student', 2)];
  const options = { epochs: 2, batchSize: 4, alpha: 1 };
  // The same by other weights: (x − 0.5) / 2 in the first layer.
  const [w, b] = variablesOf(large).map(({ tensor }) => tensor) as [number, number];
  const tensors = large.tensors.map((t, i) => {
    const values = t.data as Float32Array;
    const sums = (c: number) => weights(large)[0]![2 * c]! + weights(large)[0]![2 * c + 1]!;
    if (i === w) return { ...t, data: values.map((v) => v / 2) };
    return i === b ? { ...t, data: values.map((v, c) => v - sums(c) / 4) } : t;
  });
  for (const augment of [undefined, { noise: 0 }]) {
    const by = async (teacher: Graph) =>
      (await distill(teacher, small, points, { ...options, augment })).history;
    const [one, other] = [await by({ ...large, normalization }), await by({ ...large, tensors })];
    one.forEach(({ loss }, i) => {
      assert.ok(Math.abs(loss - other[i]!.loss) < 1e-5, `${loss}, ${other[i]!.loss}`);
    });
    assert.ok(Math.abs(one[0]!.loss - (await by(large))[0]!.loss) > 1e-3);
  }
});

test('an int8 teacher answers by the simulator, near to what its float self says', async () => {
  const few = { count: 24, inputs: [samples.inputs[0]!.subarray(0, 24 * 28 * 28)] };
  const int8 = quantize(teacher, samples).graph;
  const done: number[] = [];
  const onProgress = (n: number) => done.push(n);
  const [real, found] = [await logits(teacher, few), await logits(int8, few, { onProgress })];
  assert.equal(done.at(-1), 24);
  const power = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0);
  assert.ok(power(real.map((v, i) => v - found[i]!)) < power(real) / 1000);
  // Real values outside, the same int8 inside.
  assert.deepEqual(await logits(quantize(teacher, samples, { io: 'float' }).graph, few), found);
  const { history } = await distill(int8, student(), few, { ...quick, alpha: 1, epochs: 4 });
  assert.ok(history.at(-1)!.loss < history[0]!.loss, JSON.stringify(history));
});

test('file to file: accuracy of teacher and student; a checkpoint knows temperature and alpha', async () => {
  await withTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'student.tflite');
    writeFileSync(file, exportTflite(student()));
    const output = path.join(folder, 'taught.tflite');
    const model = { bytes: readFileSync(file), name: 'student', file };
    const checkpoint = path.join(folder, 'run.npz');
    const options = { ...quick, data: at('calibration.npz'), output, checkpoint, resume: true, epochs: 5 };
    const document = await distillFile(digits, model, { ...options, validation: 0.2 });
    const { accuracy, macs, history, temperature, alpha } = document;
    assert.deepEqual([temperature, alpha, history.length], [4, 0.7, 5]);
    assert.ok(macs.student * 8 < macs.teacher, JSON.stringify(macs));
    assert.deepEqual([accuracy!.heldOut, accuracy!.samples], [true, 60]);
    assert.ok(
      accuracy!.teacher > 0.95 && accuracy!.before < 0.4 && accuracy!.after > 0.6,
      JSON.stringify(accuracy),
    );
    assert.equal(accuracy!.after, history.at(-1)!.validation!.accuracy);
    assert.match(
      formatDistillation(document),
      /on 60 held-out samples: teacher \d+\.\d\d %, student .* after$/m,
    );
    const taught = readFileSync(output);
    const other = { ...options, validation: 0.2, temperature: 3 };
    await refused(distillFile(digits, model, other), 'checkpoint', /another training/);
    assert.deepEqual(readFileSync(output), taught);
    assert.deepEqual(readdirSync(folder).sort(), ['run.npz', 'student.tflite', 'taught.tflite']);

    const empty = path.join(folder, 'empty.npz');
    writeFileSync(
      empty,
      formatNpz([
        ['x', { values: new Float32Array(0), shape: [0, 28, 28, 1] }],
        ['y', { values: new Uint8Array(0), shape: [0] }],
      ]),
    );
    const nowhere = path.join(folder, 'nowhere.tflite');
    await refused(
      distillFile(digits, model, { ...quick, data: empty, output: nowhere }),
      'data-shape',
      /no samples/,
    );
    assert.ok(!readdirSync(folder).includes('nowhere.tflite'));
  });
});

test('pairs, data and numbers that make no sense are refused with every reason', async () => {
  const [large, small] = [dense('teacher', 1), dense('student', 2)];
  await refused(distill(large, dense('four', 2, 4), points), 'distill-pair', /3 classes, and four, .* 4/);
  await refused(distill(large, dense('wide', 2, 3, 5), points), 'distill-pair', /\[1,2\].*\[1,5\]/);
  const one = dense('one', 1, 1);
  await refused(distill(one, one, points), 'distill-pair', /1 output/);
  const empty = { count: 0, inputs: [new Float32Array(0)], labels: new Int32Array(0) };
  await refused(distill(large, small, empty), 'data-shape', /the data hold no samples/);
  const { labels, ...unlabeled } = points;
  await refused(distill(large, small, unlabeled), 'data-labels', /the data hold no labels/);
  await refused(
    distill(large, small, points, { validation: unlabeled }),
    'data-labels',
    /validation data hold no labels/,
  );
  const threes = { ...points, labels: labels!.map(() => 3) };
  await refused(distill(large, small, threes), 'data-labels', /is 3, .* 3 outputs/);
  for (const temperature of [0, -1, Number.NaN, Infinity]) {
    await refused(distill(large, small, points, { temperature }), 'distill-option', /temperature/);
  }
  for (const alpha of [-0.1, 1.1, Number.NaN]) {
    await refused(distill(large, small, points, { alpha }), 'distill-option', /alpha/);
  }
  await refused(distill(large, small, points, { epochs: 0, alpha: 2 }), 'train-option', /epochs/);
  const int8 = quantize(small, points, { allowCollapse: true }).graph;
  await refused(distill(large, int8, points), 'cannot-train', /float32/);
  const [w] = variablesOf(large);
  const broken = {
    ...large,
    tensors: large.tensors.map((t, i) =>
      i === w!.tensor ? { ...t, data: new Float32Array(6).fill(3e38) } : t,
    ),
  };
  const huge = { ...points, inputs: [points.inputs[0]!.map(() => 1e3)] };
  await refused(distill(broken, small, huge), 'teacher-answers', /no finite/);
});
