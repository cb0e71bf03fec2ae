/** Goals are met, by the least important channels, and no further than needed; or it is said that they cannot be. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assetPath } from '../../../src/assets.js';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { macsOfGraph, paramsOfGraph } from '../../../src/compress/prune/cost.js';
import { normImportance } from '../../../src/compress/prune/importance.js';
import { pruneStructured } from '../../../src/compress/prune/structured.js';
import { readSamples } from '../../../src/data/index.js';
import { CrimpError } from '../../../src/diagnostics.js';
import { graphBuilder } from '../../../src/graph/build.js';
import { checkGraph } from '../../../src/graph/check.js';
import { importModel } from '../../../src/importers/index.js';
import { simulateSamples } from '../../../src/measure/simulate.js';
import { ad, fixtures, ic, kws, vww } from '../../support/models.js';

const scopes = ['global', 'layer'] as const;

test('known networks reach shares of their MACs and parameters, and barely go below', async () => {
  for (const model of [vww, kws, ic, ad]) {
    const graph = model('float32');
    for (const scope of scopes) {
      for (const [metric, of] of [['macs', macsOfGraph] as const, ['params', paramsOfGraph] as const]) {
        const { graph: pruned, report } = await pruneStructured(graph, {
          goal: { metric, share: 0.6 },
          scope,
        });
        assert.deepEqual(checkGraph(pruned), []);
        const share = of(pruned) / of(graph);
        assert.ok(share <= 0.6 && share > 0.52, `${graph.name} ${scope} ${metric}: ${share}`);
        assert.deepEqual(report.goal.after, of(pruned));
        assert.deepEqual(report[metric], { before: of(graph), after: of(pruned) });
        assert.equal(
          report.layers.reduce((n, layer) => n + layer.macs.after, 0),
          macsOfGraph(pruned),
        );
      }
    }
  }
});

test('widths become multiples where they are asked for', async () => {
  for (const scope of scopes) {
    const goal = { metric: 'macs', share: 0.5 } as const;
    const { report } = await pruneStructured(vww('float32'), { goal, scope, keepMultipleOf: 4 });
    const { channels } = report.layers.at(-1)!;
    assert.deepEqual(channels, { before: 2, after: 2 });
    assert.ok(
      report.layers.slice(0, -1).every((layer) => layer.channels.after % 4 === 0 && layer.channels.after > 0),
    );
  }
});

test('the filters with the smallest norm go first', async () => {
  const g = graphBuilder('dense');
  const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
  const constant = (name: string, shape: number[], data: number[]) =>
    g.constant(name, { ...float(...shape), data: Float32Array.from(data) });
  const attributes = { activation: 'RELU', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const x = g.input('x', float(1, 2));
  // L1: 3, 3.2, 4; L2: 3, 2.26, 4.
  const first = constant('w1', [3, 2], [3, 0, 1.6, -1.6, 0, 4]);
  const h = g.op('FULLY_CONNECTED', 'h', [x, first], attributes, float(1, 3));
  const second = constant('w2', [1, 3], [1, 2, 3]);
  const graph = g.build(g.op('FULLY_CONNECTED', 'y', [h, second], attributes, float(1, 1)));
  const goal = { metric: 'params', amount: 6 } as const;
  for (const [importance, left] of [
    ['l1', [2, 3]],
    ['l2', [1, 3]],
  ] as const) {
    const { graph: pruned } = await pruneStructured(graph, { goal, importance });
    assert.deepEqual([...pruned.tensors.find((t) => t.name === 'w2')!.data!], left, importance);
  }
  const groups = channelGroups(graph);
  const [family] = groups.families;
  const ranks = normImportance(graph, groups, 'l1');
  const wanted = [3, 3.2, 4].map((n) => n / 3.4);
  family!.forEach((group, i) => {
    assert.ok(Math.abs(ranks[group]! - wanted[i]!) < 1e-6);
  });
});

test('a measure of the caller’s decides, and is asked for few candidates', async () => {
  const graph = kws('float32');
  let asked = 0;
  const of = async (candidate: typeof graph) => {
    asked++;
    return candidate.tensors.reduce(
      (n, t) => Math.max(n, t.data ? 0 : t.shape.reduce((a, b) => a * b, 1)),
      0,
    );
  };
  const measure = { name: 'largest activation', of };
  const { report } = await pruneStructured(graph, { goal: { metric: 'macs', share: 0.5, measure } });
  assert.equal(report.goal.metric, 'largest activation');
  assert.ok(report.goal.after <= 4000 && report.goal.after > 3000, `${report.goal.after}`);
  assert.ok(asked < 15, `${asked}`);
});

test('a goal that is met already changes nothing', async () => {
  const graph = fixtures.dense!('float32');
  const { graph: pruned } = await pruneStructured(graph, { goal: { metric: 'macs', share: 1 } });
  assert.equal(pruned, graph);
});

test('what cannot be reached or asked for is said', async () => {
  const graph = fixtures.dense!('float32');
  const refused = async (run: () => Promise<unknown>, code: string, message: RegExp) =>
    assert.rejects(run, (thrown) => {
      assert.ok(thrown instanceof CrimpError);
      assert.equal(thrown.diagnostics[0]!.code, code);
      assert.match(thrown.diagnostics[0]!.message, message);
      return true;
    });
  const prune = (share: number, model = graph) => pruneStructured(model, { goal: { metric: 'macs', share } });
  await refused(() => prune(0.01), 'goal-unreachable', /from 384 to 4; 24 are left/);
  await refused(() => prune(0.5, fixtures.residual!('float32')), 'goal-unreachable', /no layer/);
  for (const share of [0, -1, 1.5, Number.NaN])
    await refused(() => prune(share), 'bad-usage', /goal for macs/);
  await refused(() => prune(0.5, fixtures.dense!('int8')), 'already-quantized', /int8/);
  const goal = { metric: 'macs', share: 0.5 } as const;
  await refused(() => pruneStructured(graph, { goal, keepMultipleOf: 0 }), 'bad-usage', /multiples of 0/);
});

test('digits: a tenth of the MACs costs next to nothing, three tenths want fine-tuning', async (t) => {
  const at = (name: string) => assetPath(`examples/digits/${name}`);
  const graph = importModel(readFileSync(at('digits.tflite')), { name: 'digits' });
  const all = readSamples(at('test.npz'), graph);
  const samples = { ...all, count: 500, labels: all.labels!.slice(0, 500) };
  const accuracy = (g: typeof graph) => simulateSamples(g, samples).accuracy!;
  const before = accuracy(graph);
  const at10 = await pruneStructured(graph, { goal: { metric: 'macs', share: 0.9 } });
  const at30 = await pruneStructured(graph, { goal: { metric: 'macs', share: 0.7 } });
  const after = { at10: accuracy(at10.graph), at30: accuracy(at30.graph) };
  t.diagnostic(`accuracy ${before}; 10 % of MACs removed: ${after.at10}, 30 %: ${after.at30}`);
  assert.ok(before - after.at10 <= 0.01);
  assert.ok(after.at30 > 0.8);
});
