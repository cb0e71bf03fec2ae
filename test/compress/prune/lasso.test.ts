/** Lasso and group lasso: the penalty to the number, its gradient, and channels that it drives to nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { normImportance } from '../../../src/compress/prune/importance.js';
import { groupLasso, lasso } from '../../../src/compress/prune/lasso.js';
import { removeChannels } from '../../../src/compress/prune/remove_channels.js';
import { trainSparse } from '../../../src/compress/prune/train_sparse.js';
import { elementCount } from '../../../src/graph/access.js';
import type { Graph } from '../../../src/graph/graph.js';
import type { Penalty } from '../../../src/train/loss.js';
import { predict } from '../../../src/train/predict.js';
import { loadTensorflow } from '../../../src/train/tensorflow.js';
import { variablesOf, withConstants } from '../../../src/train/variables.js';
import { halves } from '../../support/halves.js';
import { fixtures } from '../../support/models.js';
import { Network } from '../../support/network.js';
import { randomNetwork } from './networks.js';
import { quick, refused, trainable } from './trainable.js';

const data = halves(120);

/** The penalty's value and gradients, by variable. */
async function derived(graph: Graph, penalty: Penalty) {
  const tf = await loadTensorflow();
  const variables = variablesOf(graph);
  const tensors = variables.map(({ tensor, shape }) =>
    tf.tensor((graph.tensors[tensor]!.data as Float32Array).slice(), [...shape]),
  );
  const of = (...given: typeof tensors) =>
    penalty(new Map(variables.map(({ tensor }, i) => [tensor, given[i]!])), tf);
  const { value, grads } = tf.engine().gradients(() => of(...tensors), tensors, undefined, true);
  return {
    value: value.dataSync()[0]!,
    gradients: grads.map((g, i) => [...(g?.dataSync() ?? new Float32Array(tensors[i]!.size))]),
  };
}

const near = (a: number, b: number, what = '') =>
  assert.ok(Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b)), `${what} ${a} ${b}`);

test('lasso is λ times the magnitudes of weights, biases left out', async () => {
  const graph = trainable();
  const { value, gradients } = await derived(graph, lasso(graph, 0.5));
  let sum = 0;
  variablesOf(graph).forEach(({ tensor, role }, v) => {
    const values = [...(graph.tensors[tensor]!.data as Float32Array)];
    const penalized = role === 'weights' ? 1 : 0;
    values.forEach((w, i) => {
      sum += penalized * Math.abs(w);
      near(gradients[v]![i]!, penalized * 0.5 * Math.sign(w));
    });
  });
  near(value, 0.5 * sum);
});

test('group lasso sums √|g| times the norms of channels with what goes with them: rows, biases, columns', async () => {
  const n = new Network('two layers', 'float32', 4);
  const graph = n.build(n.dense(n.dense(n.input([1, 3]), 4, 'RELU'), 2));
  const [rows, bias, columns] = variablesOf(graph).map(
    ({ tensor }) => graph.tensors[tensor]!.data as Float32Array,
  );
  const wanted = [0, 1, 2, 3].map((h) => [
    ...rows!.subarray(3 * h, 3 * h + 3),
    bias![h]!,
    columns![h]!,
    columns![4 + h]!,
  ]);
  const { value, gradients } = await derived(graph, groupLasso(graph, 0.1));
  const norms = wanted.map((group) => Math.hypot(...group));
  near(
    value,
    norms.reduce((sum, norm) => sum + 0.1 * Math.sqrt(6) * norm, 0),
  );
  norms.forEach((norm, h) => {
    near(gradients[0]![3 * h]!, (0.1 * Math.sqrt(6) * rows![3 * h]!) / norm);
    near(gradients[2]![h]!, (0.1 * Math.sqrt(6) * columns![h]!) / norm);
  });
  // The bias of the classes belongs to no channel that can go.
  assert.deepEqual(gradients[3], [0, 0]);
});

test('on any network its gradient is that of its value, and 0 where a whole group is 0', async () => {
  for (const seed of [1, 5, 9, 14]) {
    const graph = randomNetwork(seed);
    const groups = channelGroups(graph);
    const { value, gradients } = await derived(graph, groupLasso(graph, 1));
    // Homogeneous of degree 1: Euler's identity.
    let sum = 0;
    variablesOf(graph).forEach(({ tensor }, v) => {
      (graph.tensors[tensor]!.data as Float32Array).forEach((w, i) => {
        sum += w * gradients[v]![i]!;
      });
    });
    near(sum, value, `seed ${seed}`);
    const zero = withConstants(
      graph,
      new Map(variablesOf(graph).map(({ tensor, shape }) => [tensor, new Float32Array(elementCount(shape))])),
    );
    const at0 = await derived(zero, groupLasso(zero, 1, groups));
    assert.equal(at0.value, 0);
    assert.ok(at0.gradients.flat().every((g) => g === 0));
  }
});

test('group lasso drives whole channels to 0: taken out, the network answers as before', async () => {
  const options = { ...quick, epochs: 20, schedule: 'cosine' } as const;
  const penalty = { kind: 'group-lasso', lambda: 0.02 } as const;
  const { graph, history } = await trainSparse(trainable(), data, penalty, options);
  assert.ok(history.at(-1)!.accuracy! > 0.95, JSON.stringify(history.at(-1)));
  const groups = channelGroups(graph);
  const norms = normImportance(graph, groups, 'l2');
  const dead = groups.families.flatMap((family) => family.filter((group) => norms[group]! < 0.02));
  assert.ok(dead.length >= 12, `${dead.length} of 20`);
  const [before, after] = await Promise.all(
    [graph, removeChannels(graph, dead)].map((g) => predict(g, data)),
  );
  before!.forEach((p, i) => {
    assert.ok(Math.abs(p - after![i]!) < 0.05, `${p} ${after![i]}`);
  });
  const plain = await trainSparse(trainable(), data, { kind: 'lasso', lambda: 1e-9 }, options);
  const free = normImportance(plain.graph, groups, 'l2');
  assert.ok(groups.families.flat().filter((group) => free[group]! < 0.02).length < dead.length);
});

test('what cannot be asked for is said', async () => {
  const sparse = (lambda: number, kind: 'lasso' | 'group-lasso' = 'lasso', graph = trainable()) =>
    trainSparse(graph, data, { kind, lambda }, quick);
  for (const lambda of [-1, 0, Number.NaN, Infinity]) {
    await refused(() => sparse(lambda), 'bad-usage', /λ of lasso is/);
  }
  const residual = fixtures.residual!('float32');
  await refused(() => sparse(0.1, 'group-lasso', residual), 'nothing-to-prune', /no layer/);
  await refused(() => sparse(0.1, 'lasso', fixtures.dense!('int8')), 'already-quantized', /int8/);
  await refused(() => sparse(1e38), 'training-diverged', /not a finite number/);
});
