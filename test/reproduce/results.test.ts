/** What the README shows is what was computed, and it shows what it has to. Nothing is trained here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tableInReadme } from '../../scripts/readme.js';
import { bounds, holds } from '../../scripts/reproduce/bounds.js';
import { loadDigits } from '../../scripts/reproduce/digits.js';
import { lenet5, lenet300100, mlp784128 } from '../../scripts/reproduce/networks.js';
import { over, type Results, statistic } from '../../scripts/reproduce/results.js';
import { formatResults } from '../../scripts/reproduce/table.js';
import { assetPath } from '../../src/assets.js';
import { macsOfGraph } from '../../src/compress/prune/cost.js';
import { elementCount } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { variablesOf } from '../../src/train/variables.js';

const results = JSON.parse(readFileSync(assetPath('scripts/reproduce/results.json'), 'utf8')) as Results;

test('the table in the README is results.json', () => {
  assert.equal(tableInReadme('reproduce'), formatResults(results));
});

test('every experiment has run with three seeds, and on the digits that are here', () => {
  const { train, test: held, sha256 } = loadDigits();
  assert.deepEqual(
    { train: results.data.train, test: results.data.test, sha256: results.data.sha256 },
    { train: train.count, test: held.count, sha256 },
  );
  for (const [name, runs] of Object.entries(results.experiments)) {
    assert.deepEqual(
      runs.map(({ seed }) => seed),
      [1, 2, 3],
      name,
    );
  }
});

for (const bound of bounds) {
  test(`${bound.experiment}: ${bound.what} within its bound`, () => {
    assert.ok(holds(bound, results), String(bound.of(results)));
  });
}

test('the split is fixed and mixes the classes', () => {
  const { train, test: held } = loadDigits();
  assert.deepEqual([train.count, held.count], [8000, 2000]);
  for (const { labels, count } of [train, held]) {
    const perClass = new Array<number>(10).fill(0);
    for (const label of labels!) perClass[label]!++;
    assert.ok(
      perClass.every((n) => n > 0.07 * count && n < 0.13 * count),
      perClass.join(' '),
    );
    // No stretch of a hundred lacks more than a few of the ten.
    assert.ok(new Set(labels!.subarray(0, 100)).size >= 8);
  }
});

test('the networks are those of the literature', () => {
  const weights = (graph: Graph) =>
    variablesOf(graph)
      .filter(({ role }) => role === 'weights')
      .reduce((n, { shape }) => n + elementCount(shape), 0);
  const sizes = { lenet300100: 266_200, lenet5: 430_500, mlp784128: 101_632 };
  for (const [make, size] of [
    [lenet300100, sizes.lenet300100],
    [lenet5, sizes.lenet5],
    [mlp784128, sizes.mlp784128],
  ] as const) {
    const graph = make(1);
    assert.deepEqual(checkGraph(graph), []);
    assert.equal(weights(graph), size);
  }
  assert.equal(macsOfGraph(lenet5(1)), 2_293_000);
});

test('mean and spread over the seeds', () => {
  assert.deepEqual(statistic([1, 2, 3]), { mean: 2, spread: 1 });
  const runs = [1, 2, 4].map((seed) => ({ seed, figures: { a: { b: seed }, c: 2 } }));
  const sample = { ...results, experiments: { sample: runs } };
  assert.equal(over(sample, 'sample', 'a.b').mean, 7 / 3);
  assert.equal(over(sample, 'sample', (value) => value('a.b') / value('c')).mean, 7 / 6);
  assert.throws(() => over(sample, 'sample', 'a.c'), /no figure a\.c/);
});
