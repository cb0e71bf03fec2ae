/** Packed weights read back as they were, in the bytes that were counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { type PackedWeights, packWeights } from '../../codegen/packed_weights.js';
import { constantBytes } from '../../codegen/weights.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/graph/graph.js';
import { host } from '../../targets/host.js';
import { pico } from '../../targets/pico.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { packable } from '../property/arbitraries/packable.js';
import { fixtures } from '../support/models.js';

/** The format of kernels/portable/packed_weights.c, read bit by bit. @returns the bits read, too */
function unpack({ gapBits, indexBits, skip, codebook, stream }: PackedWeights, rows: number, length: number) {
  const weights = new Int8Array(rows * length);
  let at = 0;
  const take = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value |= ((stream[at >> 4]! >> (at & 15)) & 1) << i;
    return value;
  };
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; ) {
      const gap = take(gapBits);
      i += gap;
      if (gap === skip) continue;
      assert.ok(i < length);
      weights[row * length + i++] = codebook[take(indexBits)]!;
    }
  }
  return { weights, bits: at };
}

const matrix = fc
  .record({
    rows: fc.integer({ min: 1, max: 12 }),
    length: fc.integer({ min: 1, max: 300 }),
    zeros: fc.constantFrom(0, 0.5, 0.9, 0.99, 1),
    values: fc.uniqueArray(fc.integer({ min: -128, max: 127 }), { minLength: 1, maxLength: 256 }),
    seed: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  })
  .map(({ rows, length, zeros, values, seed }) => {
    const next = () => seed.next().value;
    const weights = Int8Array.from({ length: rows * length }, () =>
      next() < zeros ? 0 : values[Math.floor(next() * values.length)]!,
    );
    return { weights, rows, length };
  });

test('what is packed is read back, every bit of it', () => {
  fc.assert(
    fc.property(matrix, ({ weights, rows, length }) => {
      const packed = packWeights(weights, length);
      const { weights: found, bits } = unpack(packed, rows, length);
      assert.deepEqual(found, weights);
      // The reader keeps 16 bits ahead, and no word more.
      assert.equal(packed.stream.length, Math.max(2, Math.ceil(bits / 16) + 1));
      assert.ok(packed.gapBits <= 8 && packed.indexBits <= 8);
    }),
    { seed: 1, numRuns: 150, endOnFailure: true },
  );
});

test('sixteen values take four bits each, and pruned ones less', () => {
  const clustered = Int8Array.from({ length: 4096 }, (_, i) => ((i * 7) % 16) * 8 - 60);
  const { gapBits, indexBits, stream, codebook } = packWeights(clustered, 64);
  assert.deepEqual([gapBits, indexBits, codebook.length, stream.length], [0, 4, 16, 1025]);
  const pruned = clustered.map((w, i) => (i % 16 === 5 ? w : 0));
  const packed = packWeights(pruned, 64);
  assert.ok(packed.gapBits > 0);
  assert.ok(2 * packed.stream.length < 4096 / 9);
});

test('a layer is packed where that makes its constants smaller, and only when asked', () => {
  const graphs = fc.oneof(
    packable(conv2dGraph),
    packable(depthwiseConv2dGraph),
    packable(fullyConnectedGraph),
  );
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(graphs, (graph: Graph) => {
      const [plain] = lower(graph, pico);
      const [packed] = lower(graph, pico, { packWeights: true });
      assert.ok(!plain!.kernel.endsWith('_packed'));
      const smaller = packed!.kernel.endsWith('_packed');
      seen.add(smaller);
      if (smaller) assert.ok(constantBytes(packed!.constants) < constantBytes(plain!.constants));
      else assert.deepEqual(packed!.constants, plain!.constants);
    }),
    { seed: 2, numRuns: 100 },
  );
  assert.deepEqual(seen, new Set([true, false]));
});

test('weights of many values gain nothing from packing', () => {
  const graph = fixtures.dense!();
  const [plain, packed] = [compile(graph, host), compile(graph, host, { packWeights: true })];
  assert.equal(packed.sources.weightsBytes, plain.sources.weightsBytes);
  assert.deepEqual([plain.packWeights, packed.packWeights], [false, true]);
});
