/** Students made of their teacher: how wide, how many MACs, with whose weights; and pruned ones that stay pruned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distill } from '../../../src/compress/distill/distill.js';
import { type Size, shrink } from '../../../src/compress/distill/shrink.js';
import { applyMasks, sparsityOf, zeroMasks } from '../../../src/compress/prune/apply_masks.js';
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { magnitudeMasks } from '../../../src/compress/prune/masks.js';
import { cubicSchedule } from '../../../src/compress/prune/schedule.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../src/data/index.js';
import { CrimpError } from '../../../src/diagnostics.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import type { TrainOptions } from '../../../src/train/options.js';
import { variablesOf } from '../../../src/train/variables.js';
import { random } from '../../property/random.js';
import { Network } from '../../support/network.js';

const side = 6;

/** With a residual sum, whose operands lose the same channels. */
function network(): Graph {
  const n = new Network('large', 'float32', 1);
  const a = n.conv(n.input([1, side, side, 1]), 8, { kernel: [3, 3], activation: 'RELU' });
  const b = n.add(n.conv(a, 8, { kernel: [3, 3] }), a, 'RELU');
  const c = n.pool('MAX_POOL_2D', b, { kernel: [2, 2], stride: [2, 2] });
  return n.build(n.softmax(n.dense(n.dense(n.flatten(c), 20, 'RELU'), 3)));
}

const teacher = network();
const rng = random(3);
const data: Dataset = {
  count: 60,
  inputs: [Float32Array.from({ length: 60 * side * side }, () => rng.next() * 2 - 1)],
  labels: Int32Array.from({ length: 60 }, () => rng.int(0, 2)),
};

const shapes = (graph: Graph) =>
  variablesOf(graph).flatMap(({ role, shape }) => (role === 'weights' ? [shape.join('x')] : []));

const weights = (graph: Graph) =>
  variablesOf(graph).map(({ tensor }) => graph.tensors[tensor]!.data as Float32Array);

test('a share of each layer’s width, to whole channels', async () => {
  for (const [width, expected] of [
    [0.25, ['2x3x3x1', '2x3x3x2', '5x18', '3x5']],
    [0.5, ['4x3x3x1', '4x3x3x4', '10x36', '3x10']],
    [0.01, ['1x3x3x1', '1x3x3x1', '1x9', '3x1']],
  ] as const) {
    const student = await shrink(teacher, { width });
    assert.deepEqual(shapes(student), expected);
    assert.deepEqual(checkGraph(student), []);
    assert.equal(student.name, 'large_student');
  }
  // What stays are the filters with the largest weights.
  const [all, kept] = [teacher, await shrink(teacher, { width: 0.25 })].map((g) => weights(g)[3]!);
  assert.ok(kept!.every((bias) => all!.includes(bias)));
});

test('a share or an amount of MACs', async () => {
  const before = macsOfGraph(teacher);
  for (const [macs, most] of [
    [{ share: 0.5 }, before / 2],
    [{ share: 0.1 }, before / 10],
    [{ amount: 3000 }, 3000],
  ] as const) {
    const after = macsOfGraph(await shrink(teacher, { macs }));
    assert.ok(after <= most && after > 0.6 * most, `${after} of ${most}`);
  }
});

test('fresh weights by a seed, or what is left of the teacher’s', async () => {
  const size: Size = { width: 0.5 };
  const [own, one, same, two] = await Promise.all([
    shrink(teacher, size),
    shrink(teacher, size, { fresh: 1 }),
    shrink(teacher, size, { fresh: 1 }),
    shrink(teacher, size, { fresh: 2 }),
  ]);
  const taken = new Set(weights(teacher).flatMap((values) => [...values]));
  assert.ok(weights(own).every((values) => values.every((v) => taken.has(v))));
  assert.deepEqual(weights(one), weights(same));
  assert.notDeepEqual(weights(one), weights(two));
  assert.deepEqual(shapes(one), shapes(own));
});

test('what cannot shrink, or so, is said', async () => {
  const refused = (graph: Graph, size: Size, code: string) =>
    assert.rejects(shrink(graph, size), (thrown: unknown) => {
      assert.ok(thrown instanceof CrimpError, String(thrown));
      assert.deepEqual([thrown.diagnostics[0]!.code, thrown.exitCode], [code, 2]);
      return true;
    });
  for (const width of [0, 1, -1, 2, Number.NaN]) await refused(teacher, { width }, 'bad-usage');
  await refused(teacher, { macs: { share: 2 } }, 'bad-usage');
  await refused(teacher, { macs: { amount: 10 } }, 'goal-unreachable');
  await refused(quantize(teacher, data, { allowCollapse: true }).graph, { width: 0.5 }, 'already-quantized');
  const n = new Network('one', 'float32', 1);
  await refused(n.build(n.softmax(n.dense(n.input([1, 4]), 3))), { width: 0.5 }, 'goal-unreachable');
});

const quick: TrainOptions = { epochs: 3, batchSize: 16, learningRate: 0.01 };

test('a pruned student stays pruned, and one can be pruned while it learns', async () => {
  const student = await shrink(teacher, { width: 0.5 });
  const sparse = applyMasks(student, magnitudeMasks(student, { sparsity: 0.75 }));
  const zeros = (graph: Graph) => sparsityOf(graph).map((layer) => layer.zeros);
  assert.ok(zeros(sparse).every((n) => n > 0));
  const kept = await distill(teacher, sparse, data, { ...quick, masks: zeroMasks(sparse) });
  assert.deepEqual(zeros(kept.graph), zeros(sparse));
  assert.notDeepEqual(weights(kept.graph), weights(sparse));
  const grown = await distill(teacher, student, data, {
    ...quick,
    masks: cubicSchedule(student, { sparsity: 0.75 }),
  });
  const [total, count] = [zeros(grown.graph), sparsityOf(grown.graph).map((layer) => layer.weights)].map(
    (list) => list.reduce((a, b) => a + b, 0),
  ) as [number, number];
  assert.equal(total, Math.round(0.75 * count));
});
