/** Magnitude masks: the right weights, the right share, and zeros that stay zeros in int8. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyMasks, sparsityOf } from '../../../src/compress/prune/apply_masks.js';
import { type MaskOptions, magnitudeMasks } from '../../../src/compress/prune/masks.js';
import { weightMatrices } from '../../../src/compress/prune/weight_matrix.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import { CrimpError } from '../../../src/diagnostics.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import { fixtures, ic, kws } from '../../support/models.js';
import { Network } from '../../support/network.js';
import { inputsFor, outputsOf } from './zeroed.js';

const pruned = (graph: Graph, options: MaskOptions) => applyMasks(graph, magnitudeMasks(graph, options));
const sum = (values: readonly number[]) => values.reduce((n, v) => n + v, 0);

/** Each row of each layer in the order of its products. */
function rowsOf(graph: Graph): number[][] {
  return weightMatrices(graph).flatMap(({ rows, columns, data, index }) =>
    Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => data[index(r, c)]!)),
  );
}

test('the smallest weights go, of the whole model or of each layer, to the very number', () => {
  const graph = kws('float32');
  for (const sparsity of [0, 0.5, 0.9]) {
    const all = sparsityOf(pruned(graph, { sparsity }));
    const weights = sum(all.map((layer) => layer.weights));
    assert.equal(sum(all.map((layer) => layer.zeros)), Math.round(sparsity * weights));
    for (const layer of sparsityOf(pruned(graph, { sparsity, scope: 'layer' }))) {
      assert.equal(layer.zeros, Math.round(sparsity * layer.weights), layer.name);
    }
  }
  // Within a layer it is the smallest ones that go, whatever decides between layers.
  const masks = magnitudeMasks(graph, { sparsity: 0.5 });
  for (const [t, mask] of masks) {
    const magnitudes = [...graph.tensors[t]!.data!].map((w) => Math.abs(Number(w)));
    const of = (kept: number) => magnitudes.filter((_, i) => mask[i] === kept);
    assert.ok(Math.max(...of(0)) <= Math.min(...of(1)));
  }
});

test('layers compete by what a weight is to its layer, not by their scale', () => {
  const graph = kws('float32');
  const first = weightMatrices(graph)[0]!.tensor;
  const tensors = graph.tensors.map((t, i) =>
    i === first ? { ...t, data: (t.data as Float32Array).map((w) => w / 1024) } : t,
  );
  const masks = magnitudeMasks(graph, { sparsity: 0.95 });
  assert.deepEqual(magnitudeMasks({ ...graph, tensors }, { sparsity: 0.95 }), masks);
  for (const mask of masks.values()) assert.ok(mask.includes(1));
});

test('a threshold drops what is below it and nothing else', () => {
  const graph = fixtures.conv!('float32');
  const threshold = 0.2;
  const before = rowsOf(graph).flat();
  const after = rowsOf(pruned(graph, { threshold })).flat();
  assert.deepEqual(
    after,
    before.map((w) => (Math.abs(w) < threshold ? 0 : w)),
  );
  assert.ok(after.includes(0) && after.some((w) => w !== 0));
});

test('N:M keeps the n largest of every m products in a row, depthwise filters included', () => {
  const graph = fixtures.depthwise!('float32');
  const before = rowsOf(graph);
  for (const [r, row] of rowsOf(pruned(graph, { pattern: { n: 2, m: 4 } })).entries()) {
    for (let left = 0; left < row.length; left += 4) {
      const stretch = before[r]!.slice(left, left + 4);
      const bar = stretch.map(Math.abs).sort((a, b) => b - a)[1] ?? 0;
      assert.deepEqual(
        row.slice(left, left + 4),
        stretch.map((w) => (Math.abs(w) >= bar ? w : 0)),
      );
    }
  }
});

test('blocks go whole', () => {
  const graph = fixtures.dense!('float32');
  const blocked = pruned(graph, { sparsity: 0.5, pattern: { rows: 4, columns: 5 } });
  const rows = rowsOf(blocked).slice(0, 16);
  const full = new Set<number>();
  for (let top = 0; top < 16; top += 4) {
    for (let left = 0; left < 20; left += 5) {
      full.add(
        sum(rows.slice(top, top + 4).map((row) => row.slice(left, left + 5).filter((w) => w !== 0).length)),
      );
    }
  }
  assert.deepEqual([...full].sort(), [0, 20]);
  const layers = sparsityOf(blocked);
  const share = sum(layers.map((l) => l.zeros)) / sum(layers.map((l) => l.weights));
  assert.ok(Math.abs(share - 0.5) < 10 / 384, `${share}`);
});

test('zeros stay zeros in int8, also where a batch norm is folded into the weights', () => {
  const n = new Network('folded', 'float32', 5);
  const x = n.batchNorm(n.conv(n.input([1, 6, 6, 3]), 8, { kernel: [3, 3] }));
  const y = n.batchNorm(n.depthwise(n.relu(x), { kernel: [3, 3] }));
  const graph = pruned(n.build(n.dense(n.flatten(y), 4)), { sparsity: 0.8 });
  assert.deepEqual(checkGraph(graph), []);
  const count = 4;
  const values = Float32Array.from({ length: count * 108 }, (_, i) => Math.sin(i));
  const { graph: int8 } = quantize(graph, { count, inputs: [values] }, { allowCollapse: true });
  const zeros = (g: Graph) => weightMatrices(g).map(({ data }) => [...data].map((w) => w === 0));
  const [float, integer] = [zeros(graph), zeros(int8)];
  assert.equal(integer.length, 3);
  float.forEach((layer, l) => {
    assert.ok(layer.every((zero, i) => !zero || integer[l]![i]));
  });
});

test('masks of one graph do not fit another; nothing but weights changes', () => {
  const graph = ic('float32');
  const masks = magnitudeMasks(graph, { sparsity: 0.3 });
  assert.throws(() => applyMasks(fixtures.conv!('float32'), masks), CrimpError);
  const kept = magnitudeMasks(graph, { sparsity: 0 });
  const input = inputsFor(graph, 1);
  assert.deepEqual(outputsOf(applyMasks(graph, kept), input), outputsOf(graph, input));
});

test('what cannot be asked for is said, all of it', () => {
  const graph = fixtures.conv!('float32');
  const refused = (options: MaskOptions, ...patterns: RegExp[]) =>
    assert.throws(
      () => magnitudeMasks(graph, options),
      (thrown) => {
        assert.ok(thrown instanceof CrimpError);
        assert.equal(thrown.diagnostics.length, patterns.length);
        for (const [i, pattern] of patterns.entries()) assert.match(thrown.diagnostics[i]!.message, pattern);
        return true;
      },
    );
  refused({}, /a sparsity or a threshold/);
  refused({ sparsity: 1 }, /sparsity is 1/);
  refused({ threshold: Number.NaN }, /threshold is NaN/);
  refused({ sparsity: 0.5, pattern: { n: 5, m: 4 } }, /5 of every 4/, /by itself/);
  refused({ sparsity: 2, pattern: { rows: 0, columns: 1 } }, /0 × 1/, /sparsity is 2/);
  assert.throws(() => magnitudeMasks(fixtures.conv!('int8'), { sparsity: 0.5 }), /already-quantized/);
});
