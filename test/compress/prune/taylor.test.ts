/** Taylor importance: dead channels first, the change of the loss to first order, and rounds that rank anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { pruneInRounds } from '../../../src/compress/prune/prune_in_rounds.js';
import { pruneStructured } from '../../../src/compress/prune/structured.js';
import { taylorImportance } from '../../../src/compress/prune/taylor.js';
import type { Dataset } from '../../../src/data/index.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import { hashGraph } from '../../../src/graph/hash.js';
import { predict } from '../../../src/train/predict.js';
import { train } from '../../../src/train/train.js';
import { withConstants } from '../../../src/train/variables.js';
import { halves } from '../../support/halves.js';
import { Network } from '../../support/network.js';
import { quick, refused, trainable } from './trainable.js';

const data = halves(60);
const goal = { metric: 'macs', share: 0.5 } as const;

async function lossOf(graph: Graph, { count, inputs, labels }: Dataset): Promise<Float64Array> {
  const answers = await predict(graph, { count, inputs });
  return Float64Array.from(labels!, (label, i) => -Math.log(answers[i * 3 + label]!));
}

test('it is the squared change of the loss that a channel scaled down a little makes, a sample', async () => {
  const { graph } = await train(trainable(), data, { ...quick, epochs: 1 });
  const groups = channelGroups(graph);
  const importance = await taylorImportance(graph, groups, data);
  const [before, scale] = [await lossOf(graph, data), 1e-2];
  const [conv] = graph.ops;
  for (const [i, group] of groups.families[0]!.entries()) {
    const scaled = conv!.inputs.slice(1).map((t): [number, Float32Array] => {
      const values = graph.tensors[t]!.data as Float32Array;
      const each = values.length / groups.families[0]!.length;
      return [t, values.map((w, k) => (Math.floor(k / each) === i ? w * (1 - scale) : w))];
    });
    const after = await lossOf(withConstants(graph, new Map(scaled)), data);
    const mean = before.reduce((sum, loss, s) => sum + ((after[s]! - loss) / scale) ** 2, 0) / data.count;
    assert.ok(
      Math.abs(mean - importance[group]!) < 0.1 * importance[group]! + 1e-5,
      `${mean} ${importance[group]}`,
    );
  }
});

test('a channel that nothing reads ranks last and goes first, however large its filter', async () => {
  const graph = trainable();
  const [, second] = graph.ops.filter((op) => op.type === 'CONV_2D');
  const weights = graph.tensors[second!.inputs[1]!]!.data as Float32Array;
  // Channel 5 of the first layer's 8.
  const blind = weights.map((w, i) => (i % 8 === 5 ? 0 : w));
  const dead = withConstants(graph, new Map([[second!.inputs[1]!, blind]]));
  const groups = channelGroups(dead);
  const importance = await taylorImportance(dead, groups, data);
  const family = groups.families[0]!;
  assert.equal(importance[family[5]!], 0);
  assert.ok(family.every((group, i) => i === 5 || importance[group]! > 0));
  const { report, graph: pruned } = await pruneStructured(dead, {
    goal: { metric: 'macs', share: 0.99 },
    ...{ scope: 'global', importance: 'taylor', data },
  });
  assert.equal(report.importance, 'taylor');
  assert.deepEqual(report.layers[0]!.channels, { before: 8, after: 7 });
  const [was, is] = [await predict(dead, data), await predict(pruned, data)];
  was.forEach((p, i) => {
    assert.ok(Math.abs(p - is[i]!) < 1e-5);
  });
});

test('a depthwise filter does not count what its convolution has made once more', async () => {
  const network = (identity: boolean) => {
    const n = new Network('depthwise', 'float32', 6);
    const x = n.conv(n.input([1, 6, 6, 1]), 4, { kernel: [3, 3] });
    return n.build(n.softmax(n.dense(n.flatten(identity ? n.depthwise(x, { kernel: [1, 1] }) : x), 3)));
  };
  const graph = network(true);
  const depthwise = graph.ops.find((op) => op.type === 'DEPTHWISE_CONV_2D')!;
  const [, weights, bias] = depthwise.inputs;
  const identity = withConstants(
    graph,
    new Map([
      [weights!, new Float32Array(4).fill(1)],
      [bias!, new Float32Array(4)],
    ]),
  );
  const dense = identity.ops.find((op) => op.type === 'FULLY_CONNECTED')!;
  const without = network(false);
  const same = without.ops.find((op) => op.type === 'FULLY_CONNECTED')!;
  const copied = withConstants(
    without,
    new Map(
      dense.inputs
        .slice(1)
        .map((t, i) => [same.inputs[i + 1]!, identity.tensors[t]!.data as Float32Array] as const),
    ),
  );
  const ranks = async (g: Graph) => {
    const groups = channelGroups(g);
    const importance = await taylorImportance(g, groups, data);
    return groups.families[0]!.map((group) => importance[group]!);
  };
  const [one, other] = [await ranks(identity), await ranks(copied)];
  one.forEach((v, i) => {
    assert.ok(Math.abs(v - other[i]!) < 1e-4 * other[i]!, `${v} ${other[i]}`);
  });
});

test('rounds reach the goal by and by, each trained; the same seed gives the same bytes', async () => {
  const options = {
    ...({ goal, importance: 'taylor', scope: 'global', seed: 3, rounds: 3 } as const),
    training: () => ({ ...quick, epochs: 2 }),
  };
  const graph = trainable();
  const ticks: number[] = [];
  const onProgress = (done: number, total: number) => ticks.push(done / total);
  const pruned = await pruneInRounds(graph, data, { ...options, onProgress });
  assert.deepEqual(checkGraph(pruned.graph), []);
  assert.equal(pruned.history.length, 3);
  assert.ok(pruned.history.at(-1)!.at(-1)!.accuracy! > 0.9, JSON.stringify(pruned.history.at(-1)));
  const { report } = pruned;
  assert.deepEqual(report.macs, { before: macsOfGraph(graph), after: macsOfGraph(pruned.graph) });
  assert.equal(report.goal.before, macsOfGraph(graph));
  assert.ok(report.goal.after <= report.goal.limit && report.goal.limit === macsOfGraph(graph) / 2);
  assert.ok(report.macs.after > 0.4 * report.macs.before);
  assert.ok(ticks.every((tick, i) => i === 0 || tick >= ticks[i - 1]!) && ticks.at(-1) === 1, `${ticks}`);
  const again = await pruneInRounds(graph, data, options);
  assert.equal(hashGraph(again.graph), hashGraph(pruned.graph));
});

test('what cannot be asked for is said', async () => {
  const taylor = (dataset?: Dataset) =>
    pruneStructured(trainable(), { goal, importance: 'taylor', data: dataset });
  await refused(() => taylor(), 'bad-usage', /no data/);
  await refused(() => taylor({ count: 0, inputs: [new Float32Array()] }), 'data-shape', /no samples/);
  await refused(() => taylor({ ...data, labels: undefined }), 'data-labels', /no labels/);
  const wrong = data.labels!.map((label) => label + 1);
  await refused(() => taylor({ ...data, labels: wrong }), 'data-labels', /and the model has 3 outputs/);
  const nan = [data.inputs[0]!.map(() => Number.NaN)];
  await refused(() => taylor({ ...data, inputs: nan }), 'training-diverged', /no finite number/);
  const rounds = (count: number, share = 0.5) =>
    pruneInRounds(trainable(), data, {
      ...{ goal: { metric: 'macs', share }, rounds: count },
      training: () => ({ ...quick, epochs: 1 }),
    });
  for (const count of [0, 1.5, Number.NaN])
    await refused(() => rounds(count), 'bad-usage', /number of rounds/);
  await refused(() => rounds(2, 1.5), 'bad-usage', /goal for macs is the share 1.5/);
  await refused(() => rounds(2, 0.0001), 'goal-unreachable', /with every layer at its thinnest/);
});
