/** Training: it learns, twice the same, across interruptions, under masks; and says what it cannot do. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { readDataset } from '../../src/data/index.js';
import { CrimpError } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { elementCount } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import type { MaskSchedule, TrainOptions } from '../../src/train/options.js';
import { predict } from '../../src/train/predict.js';
import { train } from '../../src/train/train.js';
import { variablesOf } from '../../src/train/variables.js';
import { random } from '../property/random.js';
import { halves, side } from '../support/halves.js';
import { Network } from '../support/network.js';

/** Most operators with a gradient, and a residual. */
function network(): Graph {
  const n = new Network('halves', 'float32', 3);
  const a = n.conv(n.input([1, side, side, 1]), 4, { kernel: [3, 3], activation: 'RELU' });
  const b = n.add(n.depthwise(a, { kernel: [3, 3] }), a, 'RELU6');
  const c = n.pool('MAX_POOL_2D', n.pad(b, [0, 0, 0, 0]), { kernel: [2, 2], stride: [2, 2] });
  const d = n.relu6(n.relu(n.conv(c, 4, { kernel: [1, 1] })));
  return n.build(n.softmax(n.dense(n.reshape(n.mean(n.mul(d, d)), [1, 4]), 3)));
}

const quick: TrainOptions = { epochs: 3, batchSize: 16, learningRate: 0.01, seed: 7 };

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

for (const options of [
  { optimizer: 'adam', schedule: 'cosine' },
  {
    optimizer: 'sgd',
    learningRate: 0.01,
    momentum: 0.9,
    schedule: { step: 8, factor: 0.3 },
    weightDecay: 1e-3,
  },
] as const) {
  test(`${options.optimizer} learns halves of images, and the graph predicts what it learned`, async () => {
    const all = { ...quick, epochs: 12, ...options, validation: halves(60, 2) };
    const { graph, history } = await train(network(), halves(200), all);
    assert.deepEqual(checkGraph(graph), []);
    const last = history.at(-1)!;
    assert.equal(history.length, 12);
    assert.ok(last.loss < 0.2 && last.loss < history[0]!.loss / 3, JSON.stringify(last));
    assert.ok(last.accuracy! > 0.95 && last.validation!.accuracy! > 0.95, JSON.stringify(last));
    const answers = await predict(graph, halves(60, 2));
    const right = [...halves(60, 2).labels!].filter((label, i) => {
      const row = [...answers.subarray(3 * i, 3 * i + 3)];
      return row.indexOf(Math.max(...row)) === label;
    });
    assert.equal(right.length / 60, last.validation!.accuracy);
  });
}

test('the backend in plain JavaScript learns the same', async () => {
  const [wasm, cpu] = [
    await train(network(), halves(48), quick),
    await train(network(), halves(48), { ...quick, backend: 'cpu' }),
  ];
  wasm.history.forEach(({ loss }, i) => {
    assert.ok(Math.abs(loss - cpu.history[i]!.loss) < 1e-3, `${loss}, ${cpu.history[i]!.loss}`);
  });
});

test('the same seed gives the same bytes, another one others, and the given graph stays as it is', async () => {
  const graph = network();
  const before = weights(graph).map((values) => values.slice());
  const [a, b, c] = [
    await train(graph, halves(50), quick),
    await train(graph, halves(50), quick),
    await train(graph, halves(50), { ...quick, seed: 8 }),
  ];
  assert.deepEqual(a, b);
  assert.notDeepEqual(weights(a.graph), weights(c.graph));
  assert.deepEqual(weights(graph), before);
});

for (const extra of [
  { optimizer: 'sgd', momentum: 0.5 },
  { optimizer: 'adam', validation: 0.2, earlyStopping: { patience: 3, minDelta: 0.5 } },
] as const) {
  test(`an interrupted training with ${extra.optimizer} resumes to the bytes of an uninterrupted one`, async () => {
    await withTemporaryFolder(async (folder) => {
      const checkpoint = path.join(folder, 'run.npz');
      const options = { ...quick, epochs: 5, ...extra };
      const whole = await train(network(), halves(50), options);
      const abort = new AbortController();
      const onProgress = ({ epoch, step }: { epoch: number; step: number }) => {
        if (epoch === 3 && step % 2 === 0) abort.abort(new Error('enough'));
      };
      const cut = train(network(), halves(50), { ...options, checkpoint, onProgress, signal: abort.signal });
      await assert.rejects(cut, /enough/);
      assert.deepEqual(readdirSync(folder), ['run.npz']);
      const resumed = await train(network(), halves(50), { ...options, checkpoint, resume: true });
      assert.deepEqual(resumed, whole);
      // And from its end, there is nothing left to do.
      const again = await train(network(), halves(50), { ...options, checkpoint, resume: true });
      assert.deepEqual(again, whole);
      const other = train(network(), halves(50), { ...options, epochs: 6, checkpoint, resume: true });
      await refused(other, 'checkpoint', /another training/);
      writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, 300));
      await refused(
        train(network(), halves(50), { ...options, checkpoint, resume: true }),
        'data-format',
        /npz/,
      );
    });
  });
}

test('early stopping keeps the best epoch', async () => {
  // Labels without sense: what is learned of them is of no use on others.
  const noise = { ...halves(40), labels: halves(40, 5).labels! };
  const options = { ...quick, epochs: 40, learningRate: 0.05, validation: halves(30, 9) };
  const { graph, history, epoch } = await train(network(), noise, {
    ...options,
    earlyStopping: { patience: 2 },
  });
  assert.ok(history.length < 40);
  const losses = history.map((h) => h.validation!.loss);
  const best = losses.indexOf(Math.min(...losses));
  assert.equal(best, history.length - 3);
  assert.equal(epoch, best + 1);
  const until = await train(network(), noise, { ...options, epochs: best + 1 });
  assert.deepEqual(weights(graph), weights(until.graph));
});

test('masked weights are exactly 0 from the first step to the last; the others train', async () => {
  const graph = network();
  const masks = new Map(
    variablesOf(graph)
      .filter(({ role }) => role === 'weights')
      .map(({ tensor, shape }) => [
        tensor,
        Uint8Array.from({ length: elementCount(shape) }, (_, i) => i % 2),
      ]),
  );
  for (const optimizer of ['sgd', 'adam'] as const) {
    const options = { ...quick, optimizer, momentum: 0.9, weightDecay: 0.01, masks };
    const trained = await train(graph, halves(50), options);
    for (const [tensor, mask] of masks) {
      const [before, after] = [graph, trained.graph].map((g) => g.tensors[tensor]!.data as Float32Array);
      mask.forEach((keep, i) => {
        if (keep) assert.notEqual(after![i], before![i]);
        else assert.ok(Object.is(after![i], 0));
      });
    }
  }
});

test('a penalty, a loss of one’s own and a transform take part', async () => {
  const graph = network();
  const sizeOf = (g: Graph) => weights(g).reduce((n, w) => n + w.reduce((sum, v) => sum + Math.abs(v), 0), 0);
  const plain = await train(graph, halves(50), { ...quick, epochs: 6 });
  const lasso = await train(graph, halves(50), {
    ...quick,
    epochs: 6,
    penalty: (all, tf) => tf.mul(0.05, tf.addN([...all.values()].map((w) => tf.sum(tf.abs(w))))),
  });
  assert.ok(sizeOf(lasso.graph) < 0.9 * sizeOf(plain.graph));

  // The same cross-entropy by hand; and one that leaves most weights without a gradient.
  const own = await train(graph, halves(50), {
    ...quick,
    loss: ({ logits, batch }, tf) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(batch.labels!, 'int32'), 3), logits),
  });
  assert.deepEqual(own, await train(graph, halves(50), quick));
  const first = graph.ops[0]!.outputs[0]!;
  const shallow = await train(graph, halves(50), {
    ...quick,
    loss: ({ value }, tf) => tf.mean(tf.square(value(first))),
  });
  assert.deepEqual(weights(shallow.graph).slice(2), weights(graph).slice(2));
  assert.ok(shallow.history.at(-1)!.loss < shallow.history[0]!.loss);

  const seen = new Set<number>();
  await train(graph, halves(20), {
    ...quick,
    epochs: 1,
    transform: (batch, now) => (value, tensor) => {
      if (now.has(tensor)) assert.deepEqual(value.dataSync(), now.get(tensor));
      else assert.equal(value.shape[0], batch.count);
      seen.add(tensor);
      return value;
    },
  });
  assert.ok([...graph.inputs, ...graph.ops.flatMap((op) => op.outputs)].every((t) => seen.has(t)));
  assert.ok(variablesOf(graph).every(({ tensor }) => seen.has(tensor)));
});

test('masks may change while training runs, and a resumed training has those of its checkpoint', async () => {
  const graph = network();
  const { tensor } = variablesOf(graph).find(({ role }) => role === 'weights')!;
  const asked: number[] = [];
  const masks: MaskSchedule = {
    at(step, steps, now) {
      asked.push(step);
      assert.equal(steps, 3 * Math.ceil(50 / 8));
      if (step !== 3 && step !== 9) return undefined;
      // The first weights go, then more of them.
      return new Map([[tensor, now.get(tensor)!.map((_, i) => (i < step ? 0 : 1)) as never]]);
    },
  };
  const options: TrainOptions = { ...quick, epochs: 3, batchSize: 8, masks };
  const zeros = (g: Graph) => (g.tensors[tensor]!.data as Float32Array).filter((v) => v === 0).length;
  const undisturbed = await train(graph, halves(50), options);
  assert.equal(zeros(undisturbed.graph), 9);
  assert.deepEqual(asked.slice(0, 4), [0, 1, 2, 3]);
  await withTemporaryFolder(async (folder) => {
    const checkpoint = path.join(folder, 'run.npz');
    const stop = new AbortController();
    const interrupted = train(graph, halves(50), {
      ...options,
      checkpoint,
      signal: stop.signal,
      onProgress: ({ step }) => step === 16 && stop.abort(new Error('stop')),
    });
    await assert.rejects(interrupted, /stop/);
    assert.deepEqual(await train(graph, halves(50), { ...options, checkpoint, resume: true }), undisturbed);
  });
});

test('mse takes targets, numbers and one-hot labels', async () => {
  const n = new Network('sum', 'float32', 1);
  const graph = n.build(n.dense(n.input([1, 4]), 1));
  const rng = random(3);
  const x = Float32Array.from({ length: 400 }, () => rng.next());
  const targets = Float32Array.from({ length: 100 }, (_, i) => x[4 * i]! - x[4 * i + 1]! + 0.5);
  const options: TrainOptions = { ...quick, loss: 'mse', epochs: 60, learningRate: 0.02 };
  const { history } = await train(graph, { count: 100, inputs: [x], targets }, options);
  assert.ok(history.at(-1)!.loss < 1e-3, `${history.at(-1)!.loss}`);
  assert.equal(history[0]!.accuracy, null);
  const numbers = { count: 100, inputs: [x], labels: Int32Array.from(targets, (t) => (t > 0.5 ? 7 : -2)) };
  assert.ok((await train(graph, numbers, options)).history.at(-1)!.loss < 15);
  const oneHot = await train(network(), halves(50), { ...options, epochs: 8 });
  assert.ok(oneHot.history.at(-1)!.accuracy! > 0.6);
});

test('normalization of the input stays, scales and offsets behind weights train', () => {
  const n = new Network('norm', 'float32', 1);
  const graph = n.build(n.dense(n.input([1, 4]), 3));
  const [dense] = graph.ops;
  const constant = (name: string, size: number) => ({
    name,
    dtype: 'float32' as const,
    shape: [size],
    data: new Float32Array(size).fill(0.5),
  });
  const value = (name: string, size: number) => ({ name, dtype: 'float32' as const, shape: [1, size] });
  const at = graph.tensors.length;
  const added = [constant('input_scale', 4), value('scaled', 4), constant('gamma', 3), value('y', 3)];
  const op = (type: 'MUL' | 'ADD', name: string, inputs: number[], output: number) => ({
    type,
    name,
    inputs,
    outputs: [output],
    attributes: { activation: 'NONE' as const },
  });
  const ops = [
    op('MUL', 'scaled', [graph.inputs[0]!, at], at + 1),
    { ...dense!, inputs: [at + 1, ...dense!.inputs.slice(1)] },
    op('MUL', 'y', [dense!.outputs[0]!, at + 2], at + 3),
  ] as Graph['ops'];
  const whole = { ...graph, tensors: [...graph.tensors, ...added], ops, outputs: [at + 3] };
  assert.deepEqual(checkGraph(whole), []);
  assert.deepEqual(
    variablesOf(whole).map(({ role }) => role),
    ['weights', 'bias', 'scale'],
  );
});

test('what cannot be trained is said with every reason', async () => {
  const int8 = importModel(readFileSync(assetPath('test/fixtures/conv_int8.tflite')), { name: 'int8' });
  await refused(train(int8, halves(1)), 'cannot-train', /float32/);
  const graph = network();
  const empty = { count: 0, inputs: [new Float32Array(0)], labels: new Int32Array(0) };
  await refused(train(graph, empty), 'data-shape', /no samples/);
  const short = { ...halves(10), inputs: [new Float32Array(9)] };
  await refused(train(graph, short), 'data-shape', /9 values; 10 samples/);
  const { labels, ...unlabeled } = halves(10);
  await refused(train(graph, unlabeled), 'data-labels', /no labels/);
  await refused(
    train(graph, { ...unlabeled, targets: new Float32Array(10) }),
    'data-labels',
    /no class labels/,
  );
  await refused(
    train(graph, { ...unlabeled, labels: labels!.map(() => 3) }),
    'data-labels',
    /is 3, .* 3 outputs/,
  );
  await refused(train(graph, { ...unlabeled, labels: labels!.map(() => -1) }), 'data-labels', /is -1/);
  const halved = { ...unlabeled, labels: Float32Array.of(0.5, ...labels!.slice(1)) as unknown as Int32Array };
  await refused(train(graph, halved), 'data-labels', /is 0\.5/);
  await refused(
    train(graph, halves(10), { validation: empty }),
    'data-shape',
    /validation data hold no samples/,
  );
  const targets = { ...unlabeled, targets: new Float32Array(30).fill(Number.NaN) };
  await refused(train(graph, targets, { loss: 'mse' }), 'data-labels', /target .* is NaN/);
  const nonsense = { epochs: 0, batchSize: 1.5, learningRate: -1, momentum: 1, weightDecay: -1, seed: 0.5 };
  for (const [i, option] of ['epochs', 'batch', 'rate', 'momentum', 'decay', 'seed'].entries()) {
    const given = Object.fromEntries([Object.entries(nonsense)[i]!]);
    await refused(train(graph, halves(10), given), 'train-option', new RegExp(option));
  }
  await refused(
    train(graph, halves(10), { earlyStopping: { patience: 1 } }),
    'train-option',
    /no validation/,
  );
  await refused(train(graph, halves(10), { resume: true }), 'train-option', /no checkpoint/);
  await refused(
    train(graph, halves(10), { masks: new Map([[graph.inputs[0]!, new Uint8Array(1)]]) }),
    'train-option',
    /not trained/,
  );
  const { tensor } = variablesOf(graph)[0]!;
  const masks = new Map([[tensor, new Uint8Array(1)]]);
  await refused(train(graph, halves(10), { masks }), 'train-option', /its mask 1/);
});

test('a loss that is no number any more ends the training; the last good epoch stays on the disk', async () => {
  await withTemporaryFolder(async (folder) => {
    const checkpoint = path.join(folder, 'run.npz');
    const n = new Network('line', 'float32', 1);
    const graph = n.build(n.dense(n.input([1, 4]), 1));
    const rng = random(3);
    const x = Float32Array.from({ length: 400 }, () => rng.next());
    const data = { count: 100, inputs: [x], targets: new Float32Array(100) };
    const options: TrainOptions = { ...quick, loss: 'mse', optimizer: 'sgd', learningRate: 20, checkpoint };
    await refused(train(graph, data, options), 'training-diverged', /epoch 2/);
    assert.deepEqual(readdirSync(folder), ['run.npz']);
    await refused(train(graph, data, { ...options, resume: true }), 'training-diverged', /epoch 2/);
  });
});

test('a float y is targets, an integer one labels', async () => {
  const { formatNpz } = await import('../../src/data/index.js');
  const graph = network();
  const x = { values: new Float32Array(2 * side * side), shape: [2, side, side, 1] };
  const read = (y: Float32Array) =>
    readDataset(
      formatNpz([
        ['x', x],
        ['y', { values: y, shape: [2] }],
      ]),
      graph,
    );
  assert.deepEqual(read(Float32Array.of(0, 2)).labels, Int32Array.of(0, 2));
  const { labels, targets } = read(Float32Array.of(0.5, 2));
  assert.equal(labels, undefined);
  assert.deepEqual(targets, Float32Array.of(0.5, 2));
});
