/** Batch normalization by batches: its gradients, its way back into the graph, and that it is worth it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import type { Dataset } from '../../src/data/index.js';
import { CrimpError } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { graphBuilder } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { batchNormsOf, fold, momentsOf, normalizerOf, unfold } from '../../src/train/batch_norm.js';
import { initialize } from '../../src/train/initialize.js';
import { predict } from '../../src/train/predict.js';
import { loadTensorflow } from '../../src/train/tensorflow.js';
import { train } from '../../src/train/train.js';
import { variablesOf } from '../../src/train/variables.js';
import { random, randomData } from '../property/random.js';
import { fixtures } from '../support/models.js';
import { Network } from '../support/network.js';

const side = 8;

/** Waves across, down, and along both diagonals, at any phase, under noise. */
function waves(count: number, seed: number): Dataset {
  const rng = random(seed);
  const labels = Int32Array.from({ length: count }, () => rng.int(0, 3));
  const x = new Float32Array(count * side * side);
  labels.forEach((label, i) => {
    const [right, down] = [
      [1, 0],
      [0, 1],
      [1, 1],
      [1, -1],
    ][label]!;
    const phase = 7 * rng.next();
    for (let k = 0; k < side * side; k++) {
      const along = (k % side) * right! + Math.floor(k / side) * down!;
      x[i * side * side + k] = Math.sin(1.6 * along + phase) + 2 * (rng.next() - 0.5);
    }
  });
  return { count, inputs: [x], labels };
}

/** A norm behind each convolution, and one behind a sum that is read twice. */
function network(layers: number): Graph {
  const n = new Network('normalized', 'float32', 3);
  let x = n.input([1, side, side, 1]);
  for (let layer = 0; layer < layers; layer++) {
    const stride: [number, number] = layer === 3 ? [2, 2] : [1, 1];
    x = n.relu(n.batchNorm(n.conv(x, 6, { kernel: [3, 3], stride })));
  }
  const sum = n.add(x, n.relu(n.batchNorm(x)));
  return n.build(n.softmax(n.dense(n.mean(sum), 4)));
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const limit = tolerance * Math.max(1, Math.abs(expected[i]!));
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= limit, `[${i}]: ${actual[i]} for ${expected[i]}`);
  }
}

test('MUL and ADD by a value a channel are a norm, wherever they stand behind weights', () => {
  const graph = network(2);
  const norms = batchNormsOf(graph, variablesOf(graph));
  assert.deepEqual(
    norms.map(({ mul, channels }) => [mul.type, channels]),
    [
      ['MUL', 6],
      ['MUL', 6],
      ['MUL', 6],
    ],
  );
  const residual = fixtures.residual!('float32');
  assert.deepEqual(batchNormsOf(residual, variablesOf(residual)), []);
});

test('factors that two ops share, or that only an input is scaled by, are no norm', () => {
  const g = graphBuilder('shared');
  const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
  const constant = (name: string, ...shape: number[]) =>
    g.constant(name, { ...float(...shape), data: new Float32Array(shape.reduce((a, b) => a * b)).fill(2) });
  const [none, dense] = [
    { activation: 'NONE' },
    { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' },
  ] as const;
  const shared = constant('shared', 3);
  const affine = (x: number, name: string, offset: number) => {
    const scaled = g.op('MUL', `${name}/mul`, [x, shared], none, float(1, 3));
    return g.op('ADD', `${name}/add`, [scaled, offset], none, float(1, 3));
  };
  const input = affine(g.input('x', float(1, 3)), 'a', constant('o1', 3));
  const y = g.op('FULLY_CONNECTED', 'y', [input, constant('w', 3, 3)], dense, float(1, 3));
  const graph = g.build(affine(y, 'b', constant('o2', 3)));
  assert.deepEqual(batchNormsOf(graph, variablesOf(graph)), []);
});

test('its gradient is that of the formula it computes, on both backends', async () => {
  const graph = network(1);
  const [norm] = batchNormsOf(graph, variablesOf(graph));
  const values = randomData('float32', 3 * 4 * 4 * 6, random(1)) as Float32Array;
  const factor = randomData('float32', values.length, random(2)) as Float32Array;
  for (const backend of ['wasm', 'cpu'] as const) {
    const tf = await loadTensorflow(backend);
    tf.tidy(() => {
      const x = tf.tensor(values, [3, 1, 4, 4, 6]);
      const weighed = (y: T.Tensor) => tf.sum(tf.mul(y, tf.tensor(factor, y.shape))) as T.Scalar;
      const plain = (given: T.Tensor) => {
        const { mean, variance } = tf.moments(given, [0, 1, 2, 3]);
        return tf.div(tf.sub(given, mean), tf.sqrt(tf.add(variance, 1e-3)));
      };
      const { normalize, moments } = normalizerOf(tf, [norm!]);
      const ours = (given: T.Tensor) => normalize(given, norm!.mul);
      assertClose(ours(x).dataSync(), plain(x).dataSync(), 1e-5);
      const gradientOf = (f: (given: T.Tensor) => T.Tensor) => tf.grad((given) => weighed(f(given)))(x);
      assertClose(gradientOf(ours).dataSync(), gradientOf(plain).dataSync(), 1e-5);
      assert.equal(moments.get(0)!.mean.length, 6);
    });
  }
});

test('γ and β are what the graph’s own factors say, and become them again', async () => {
  const graph = network(3);
  const variables = variablesOf(graph);
  const norms = batchNormsOf(graph, variables);
  const tf = await loadTensorflow();
  const data = waves(50, 1);
  const before = variables.map(({ tensor }) => graph.tensors[tensor]!.data as Float32Array);
  const values = before.map((v) => v.slice());
  const moments = momentsOf(tf, graph, norms, data, 16);
  unfold(norms, values, moments);
  assert.ok(Math.abs(values[norms[0]!.scale]![0]! - before[norms[0]!.scale]![0]!) > 1e-3);
  const after = fold(norms, values, moments);
  after.forEach((v, i) => {
    assertClose(v, before[i]!, 1e-6);
  });
});

test('a step of next to no length over all of the data leaves the graph’s answers', async () => {
  const [graph, data] = [network(3), waves(60, 1)];
  const still = {
    epochs: 2,
    batchSize: 60,
    optimizer: 'sgd',
    learningRate: 1e-20,
    batchNorm: 'batch',
  } as const;
  const { graph: same } = await train(graph, data, still);
  assertClose(await predict(same, data), await predict(graph, data), 2e-4);
});

test('the held-out figures are those of the graph that comes out; the same seed gives the same bytes', async () => {
  const options = { epochs: 2, batchSize: 16, seed: 3, batchNorm: 'batch', learningRate: 0.01 } as const;
  const [graph, data, held] = [network(2), waves(90, 1), waves(40, 2)];
  const whole = await train(graph, data, { ...options, validation: held });
  const answers = await predict(whole.graph, held);
  const right = held.labels!.filter((label, i) => {
    const row = [...answers.subarray(4 * i, 4 * i + 4)];
    return row.indexOf(Math.max(...row)) === label;
  }).length;
  assert.equal(whole.history.at(-1)!.validation!.accuracy, right / held.count);
  await withTemporaryFolder(async (folder) => {
    const checkpoint = path.join(folder, 'run.npz');
    const stop = new AbortController();
    const onProgress = ({ epoch }: { epoch: number }) => {
      if (epoch === 2) stop.abort(new Error('stopped'));
    };
    const all = { ...options, validation: held, checkpoint };
    await assert.rejects(train(graph, data, { ...all, onProgress, signal: stop.signal }), /stopped/);
    const resumed = await train(graph, data, { ...all, resume: true });
    assert.deepEqual(resumed.graph, whole.graph);
    assert.deepEqual(resumed.history, whole.history);
  });
});

test('a deep network learns at a rate at which it does not with frozen factors', async () => {
  const graph = network(12);
  const lossOf = async (batchNorm: 'frozen' | 'batch') => {
    const options = {
      epochs: 3,
      batchSize: 20,
      learningRate: 0.03,
      schedule: 'cosine',
      seed: 1,
      batchNorm,
    } as const;
    const { history } = await train(initialize(graph, 1), waves(400, 1), {
      ...options,
      validation: waves(200, 2),
    });
    return history.at(-1)!.validation!.loss;
  };
  const [frozen, batch] = [await lossOf('frozen'), await lossOf('batch')];
  assert.ok(frozen > 1.3 && batch < 0.9, `${frozen} frozen, ${batch} by batches`);
});

test('who asks for it where there is none is told', async () => {
  const graph = fixtures.dense!('float32');
  const data = { count: 2, inputs: [new Float32Array(40)], labels: new Int32Array(2) };
  for (const [batchNorm, message] of [
    ['batch', /no layer is normalized/],
    ['always', /batch normalization is always/],
  ] as const) {
    await assert.rejects(train(graph, data, { batchNorm: batchNorm as 'batch' }), (thrown) => {
      assert.ok(thrown instanceof CrimpError);
      assert.equal(thrown.diagnostics[0]!.code, 'train-option');
      assert.match(thrown.diagnostics[0]!.message, message);
      return true;
    });
  }
});
