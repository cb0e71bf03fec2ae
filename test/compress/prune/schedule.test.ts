/** Gradual pruning: the curve of Zhu and Gupta, masks that only grow, and zeros that stay through all that comes after. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { applyMasks, sparsityOf, zeroMasks } from '../../../src/compress/prune/apply_masks.js';
import { type MaskOptions, magnitudeMasks } from '../../../src/compress/prune/masks.js';
import { pruneGradually } from '../../../src/compress/prune/prune_gradually.js';
import { cubic, cubicSchedule, updates } from '../../../src/compress/prune/schedule.js';
import { weightMatrices } from '../../../src/compress/prune/weight_matrix.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import { withTemporaryFolder } from '../../../src/files.js';
import type { Graph } from '../../../src/graph/graph.js';
import { hashGraph } from '../../../src/graph/hash.js';
import type { MaskSchedule, TrainMasks } from '../../../src/train/options.js';
import { train } from '../../../src/train/train.js';
import { halves } from '../../support/halves.js';
import { quick, refused, trainable } from './trainable.js';

const data = halves(120);
const unseen = halves(40, 2);

function share(masks: TrainMasks): number {
  const all = [...masks.values()].flatMap((mask) => [...mask]);
  return all.filter((keep) => keep === 0).length / all.length;
}

const sparsity = (graph: Graph) => share(zeroMasks(graph));

/** What the schedule gives over so many steps in which weights do not change but for the masks. */
function played(graph: Graph, options: MaskOptions, steps: number): { step: number; masks: TrainMasks }[] {
  const schedule = cubicSchedule(graph, options);
  const weights = new Map(weightMatrices(graph).map(({ tensor, data }) => [tensor, data.slice()]));
  const given: { step: number; masks: TrainMasks }[] = [];
  for (let step = 0; step < steps; step++) {
    const masks = schedule.at(step, steps, weights);
    if (!masks) continue;
    given.push({ step, masks });
    for (const [t, mask] of masks) {
      weights.set(
        t,
        weights.get(t)!.map((w, i) => w * mask[i]!),
      );
    }
  }
  return given;
}

test('the curve starts steeply, ends flat, and keeps within its ends', () => {
  assert.equal(cubic(0, 0.8, 0), 0);
  assert.equal(cubic(0, 0.8, 0.5), 0.8 * (1 - 0.125));
  assert.equal(cubic(0.5, 0.9, 0.75), 0.9 - 0.4 / 64);
  assert.equal(cubic(0.5, 0.9, 1), 0.9);
  assert.equal(cubic(0.5, 0.9, 2), 0.9);
});

test('sparsity follows the curve over seven tenths of the steps, and then holds', () => {
  const graph = trainable();
  const given = played(graph, { sparsity: 0.9 }, 1000);
  assert.equal(given.length, updates + 1);
  assert.equal(given[0]!.step, 0);
  assert.equal(given.at(-1)!.step, 700);
  const weights = [...given[0]!.masks.values()].reduce((n, mask) => n + mask.length, 0);
  given.forEach(({ masks }, k) => {
    assert.ok(Math.abs(share(masks) - cubic(0, 0.9, k / updates)) <= 1 / weights, `${k}`);
  });
  assert.ok(share(given[10]!.masks) > 0.5);
  assert.deepEqual(played(graph, { sparsity: 0.9 }, 1).length, 1);
  assert.equal(Math.round(1000 * share(played(graph, { sparsity: 0.9 }, 3).at(-1)!.masks)), 900);
});

test('every pattern ends where one shot ends, and no mask lets go of what it has dropped', () => {
  const graph = trainable();
  for (const options of [
    { sparsity: 0.9 },
    { sparsity: 0.6, scope: 'layer' },
    { threshold: 0.1 },
    { pattern: { n: 1, m: 4 } },
    { sparsity: 0.7, pattern: { rows: 4, columns: 1 } },
  ] as const) {
    const given = played(graph, options, 200);
    const what = JSON.stringify(options);
    assert.deepEqual(given.at(-1)!.masks, magnitudeMasks(graph, options), what);
    assert.ok(new Set(given.map(({ masks }) => share(masks))).size >= 4, what);
    given.slice(1).forEach(({ masks }, k) => {
      for (const [t, mask] of masks) {
        assert.ok(mask.every((keep, i) => keep <= given[k]!.masks.get(t)![i]!, what));
      }
    });
  }
});

test('what is sparse already begins there', () => {
  const graph = applyMasks(trainable(), magnitudeMasks(trainable(), { sparsity: 0.5 }));
  const [first] = played(graph, { sparsity: 0.8 }, 100);
  assert.deepEqual(first!.masks, zeroMasks(graph));
});

test('trained, it reaches its sparsity and learns; zeros outlast more training and int8', async () => {
  const { graph, masks, history } = await pruneGradually(trainable(), data, { sparsity: 0.8 }, quick);
  const layers = sparsityOf(graph);
  const sum = (of: 'weights' | 'zeros') => layers.reduce((n, layer) => n + layer[of], 0);
  assert.equal(sum('zeros'), Math.round(0.8 * sum('weights')));
  assert.ok(history.at(-1)!.accuracy! > 0.9, JSON.stringify(history));
  const tuned = await train(graph, data, { ...quick, epochs: 1, masks });
  assert.notEqual(hashGraph(tuned.graph), hashGraph(graph));
  assert.deepEqual(zeroMasks(tuned.graph), masks);
  const { graph: int8 } = quantize(tuned.graph, data);
  const zeros = (g: Graph) => weightMatrices(g).map((matrix) => [...matrix.data].map((w) => w === 0));
  zeros(tuned.graph).forEach((layer, l) => {
    assert.ok(layer.every((zero, i) => !zero || zeros(int8)[l]![i]));
  });
});

test('early stopping takes no epoch from before the last masks', async () => {
  const prune = { sparsity: 0.95 };
  const options = { ...quick, epochs: 6, validation: unseen, earlyStopping: { patience: 1 } };
  const { graph, epoch, history } = await pruneGradually(trainable(), data, prune, options);
  assert.ok(epoch >= 5 && epoch <= history.length, `${epoch}`);
  assert.ok(Math.abs(sparsity(graph) - 0.95) < 0.001, `${sparsity(graph)}`);
  // Learning the labels of noise gets worse from epoch to epoch, but not before the masks are final is that counted.
  const settled: MaskSchedule = { at: () => undefined, settled: () => 8 * 4 };
  const noise = { ...unseen, labels: unseen.labels!.map((label) => (label + 1) % 3) };
  const waited = await train(trainable(), data, { ...options, validation: noise, masks: settled, epochs: 9 });
  assert.equal(waited.epoch, 5);
  assert.equal(waited.history.length, 6);
});

test('a resumed run gives the same bytes; another sparsity is another run', async () => {
  await withTemporaryFolder(async (folder) => {
    const checkpoint = path.join(folder, 'run.npz');
    const prune = { sparsity: 0.9 };
    const whole = await pruneGradually(trainable(), data, prune, quick);
    const killed = new AbortController();
    const onProgress = ({ step }: { step: number }) => {
      if (step === 13) killed.abort(new Error('killed'));
    };
    const first = { ...quick, checkpoint, onProgress, signal: killed.signal };
    await assert.rejects(pruneGradually(trainable(), data, prune, first), /killed/);
    const again = { ...quick, checkpoint, resume: true };
    await refused(
      () => pruneGradually(trainable(), data, { sparsity: 0.8 }, again),
      'checkpoint',
      /another training/,
    );
    const resumed = await pruneGradually(trainable(), data, prune, again);
    assert.equal(hashGraph(resumed.graph), hashGraph(whole.graph));
    assert.deepEqual(resumed.masks, whole.masks);
  });
});

test('what cannot be asked for is said before anything is trained', async () => {
  await refused(() => pruneGradually(trainable(), data, { sparsity: 1.5 }), 'bad-usage', /sparsity is 1.5/);
  await refused(
    () => pruneGradually(trainable(), { count: 0, inputs: [new Float32Array()] }, { sparsity: 0.5 }),
    'data-shape',
    /no samples/,
  );
});
