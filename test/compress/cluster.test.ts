/** Codebooks: the best there are, pruned weights kept, and what quantize makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignTo, codebookOf, fitCodebook, nearestIn } from '../../src/compress/quantize/cluster.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import type { Rounding } from '../../src/compress/quantize/round_on_data.js';
import { CrimpError } from '../../src/diagnostics.js';
import { elementCount, inputTensor } from '../../src/graph/access.js';
import { perChannel } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { random } from '../property/random.js';
import { fixtures } from '../support/models.js';

/** Two channels of very different scale. */
const layer = fc
  .record({
    hundredths: fc.array(fc.integer({ min: -740, max: 740 }), { minLength: 8, maxLength: 24 }),
    pruned: fc.boolean(),
    clusters: fc.integer({ min: 2, max: 4 }),
  })
  .map(({ hundredths, pruned, clusters }) => {
    const half = hundredths.length >> 1;
    const scales = Float32Array.of(0.25, 2);
    const kept = hundredths.slice(0, 2 * half).map((h, i) => (pruned && i % 3 === 0 ? 0 : h / 100));
    const real = Float32Array.from(kept, (level, i) => level * scales[i < half ? 0 : 1]!);
    const weights = { shape: [2, half], dtype: 'int4', quantization: perChannel(scales, 0) } as const;
    return { real, weights, clusters, pruned };
  });

/** Squared error of the real weights, each as the nearest entry. */
function errorWith(
  codebook: readonly number[],
  real: Float32Array,
  { shape, quantization }: { shape: readonly number[]; quantization: { scale: Float32Array } },
): number {
  return real.reduce((sum, w, i) => {
    const scale = quantization.scale[Math.floor(i / shape[1]!)]!;
    return sum + Math.min(...codebook.map((c) => (w - c * scale) ** 2));
  }, 0);
}

/** Every set of `size` of the values. */
function subsets(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((v, i) => subsets(values.slice(i + 1), size - 1).map((rest) => [v, ...rest]));
}

test('no codebook of the same size has a smaller error', () => {
  const levels = Array.from({ length: 15 }, (_, i) => i - 7);
  fc.assert(
    fc.property(layer, ({ real, weights, clusters, pruned }) => {
      const codebook = [...fitCodebook(real, weights, clusters)];
      assert.ok(codebook.length <= clusters);
      assert.deepEqual(
        codebook,
        [...new Set(codebook)].sort((a, b) => a - b),
      );
      if (pruned) assert.ok(codebook.includes(0));
      // The fit cuts between levels, not within one: at its own cuts nothing is better.
      const rounded = real.map((w, i) => {
        const scale = weights.quantization.scale[Math.floor(i / weights.shape[1])]!;
        return scale * Math.max(-7, Math.min(7, Math.sign(w) * Math.round(Math.abs(w / scale))));
      });
      const own = fitCodebook(rounded, weights, clusters);
      const others = subsets(levels, clusters).filter((c) => !rounded.includes(0) || c.includes(0));
      const least = Math.min(...others.map((c) => errorWith(c, rounded, weights)));
      assert.ok(errorWith([...own], rounded, weights) <= least * (1 + 1e-9) + 1e-12);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('every weight takes the nearest entry, and pruned ones 0', () => {
  fc.assert(
    fc.property(layer, ({ real, weights, clusters, pruned }) => {
      const codebook = fitCodebook(real, weights, clusters);
      const assigned = assignTo(codebook, real, weights);
      real.forEach((w, i) => {
        const level = w / weights.quantization.scale[Math.floor(i / weights.shape[1])]!;
        const distance = Math.min(...Array.from(codebook, (c) => Math.abs(c - level)));
        assert.ok(Math.abs(assigned[i]! - level) <= distance + 1e-6);
        if (pruned && w === 0) assert.equal(assigned[i], 0);
      });
    }),
    { seed: 2, numRuns: 200 },
  );
  const nearest = nearestIn(Int8Array.of(-127, -3, 0, 4, 127));
  const levels = [-1e9, -70, -65, -64.9, -1.6, -1.5, 1.99, 2, 65.4, 65.5, 1e9];
  assert.deepEqual(levels.map(nearest), [-127, -127, -3, -3, -3, 0, 0, 4, 4, 127, 127]);
});

function dataFor(graph: Graph, count: number) {
  const rng = random(3);
  const size = elementCount(graph.tensors[graph.inputs[0]!]!.shape);
  return { count, inputs: [Float32Array.from({ length: count * size }, () => 2 * rng.next() - 1)] };
}

/** A third of the weights pruned. */
function sparse(graph: Graph): Graph {
  const tensors = graph.tensors.map((t, i) =>
    t.data && graph.ops.some((op) => op.inputs[1] === i)
      ? { ...t, data: (t.data as Float32Array).map((w, k) => (k % 3 === 0 ? 0 : w)) }
      : t,
  );
  return { ...graph, tensors };
}

test('a clustered graph has small codebooks, its zeros and hardly more error', () => {
  for (const make of [fixtures.conv!, fixtures.depthwise!, fixtures.dense!]) {
    const float = sparse(make('float32'));
    const data = dataFor(float, 20);
    for (const rounding of ['nearest', 'data'] as Rounding[]) {
      const plain = quantize(float, data, { rounding });
      const { graph, report } = quantize(float, data, { rounding, clusters: 16, allowCollapse: true });
      assert.deepEqual(checkGraph(graph), []);
      assert.equal(report.clusters, 16);
      assert.equal(plain.report.clusters, null);
      graph.ops.forEach((op, i) => {
        const { codebook, weightsSqnr } = report.layers[i]!;
        if (codebook === null) return;
        const weights = inputTensor(graph, op as Op, 1).data as Int8Array;
        assert.equal(codebookOf(weights).length, codebook);
        assert.ok(codebook <= 16 && plain.report.layers[i]!.codebook === null);
        const real = inputTensor(float, float.ops[i] as Op, 1).data as Float32Array;
        real.forEach((w, k) => void (w === 0 && assert.equal(weights[k], 0)));
        if (rounding === 'nearest') assert.ok(weightsSqnr === null || weightsSqnr > 15, `${weightsSqnr}`);
      });
    }
  }
});

test('codebooks of 1, 257 or half a value are refused', () => {
  const float = fixtures.dense!('float32');
  for (const clusters of [1, 257, 2.5, Number.NaN]) {
    assert.throws(
      () => quantize(float, dataFor(float, 2), { clusters }),
      (thrown) => thrown instanceof CrimpError && thrown.diagnostics[0]!.code === 'bad-usage',
    );
  }
});
