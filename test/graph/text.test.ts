import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dumpGraph } from '../../src/graph/dump.js';
import type { Graph } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { identifierOf, uniqueNames } from '../../src/graph/names.js';
import { fixtures, kws } from '../support/models.js';

test('a dump reads', () => {
  assert.equal(
    dumpGraph(fixtures.pool!('int8')),
    `graph pool
inputs
  %0  int8 [1, 9, 9, 4] 0.0298·(q + 7)  input
ops
  0  MAX_POOL_2D      %0 → %1     int8 [1, 5, 5, 4] 0.0298·(q + 7)  padding=SAME stride=2×2 filter=2×2   pool_1
  1  PAD              %1 %2 → %3  int8 [1, 6, 7, 4] 0.0298·(q + 7)                                       pad_2
  2  AVERAGE_POOL_2D  %3 → %4     int8 [1, 4, 6, 4] 0.0298·(q + 7)  padding=VALID stride=1×1 filter=3×2  pool_3
  3  MEAN             %4 %5 → %6  int8 [1, 4] 0.0298·(q + 7)        keepDims=false                       mean_4
outputs
  %6  int8 [1, 4] 0.0298·(q + 7)  mean_4
constants
  %2  int32 [4, 2]  pad_2/paddings  32 B
  %5  int32 [2]     mean_4/axes     8 B
`,
  );
});

test('a hash is 16 hex digits that names and the order of tensors do not change', () => {
  const graph = kws();
  const hash = hashGraph(graph);
  assert.match(hash, /^[0-9a-f]{16}$/);
  assert.equal(hashGraph(kws()), hash);

  const n = graph.tensors.length;
  const turn = (t: number) => (t < 0 ? t : n - 1 - t);
  const turned = {
    name: 'other',
    tensors: graph.tensors.map((t, i) => ({ ...t, name: `t${i}` })).reverse(),
    ops: graph.ops.map((op, i) => ({
      ...op,
      name: `op${i}`,
      inputs: op.inputs.map(turn),
      outputs: op.outputs.map(turn),
    })),
    inputs: graph.inputs.map(turn),
    outputs: graph.outputs.map(turn),
  } as Graph;
  assert.equal(hashGraph(turned), hash);
});

test('a hash tells one weight, one scale, one attribute apart', () => {
  const graph = fixtures.conv!('int8');
  const seen = new Set([hashGraph(graph)]);
  const weights = graph.tensors[1]!;
  const change = (tensor: object) => ({
    ...graph,
    tensors: graph.tensors.map((t, i) => (i === 1 ? { ...t, ...tensor } : t)),
  });
  const data = Int8Array.from(weights.data as Int8Array);
  data[0]! ^= 1;
  seen.add(hashGraph(change({ data })));
  const scale = Float32Array.from(weights.quantization!.scale);
  scale[0] = scale[0]! * (1 + 2 ** -23);
  seen.add(hashGraph(change({ quantization: { ...weights.quantization!, scale } })));
  const ops = graph.ops.map((op) =>
    op.type === 'CONV_2D' ? { ...op, attributes: { ...op.attributes, activation: 'NONE' } } : op,
  );
  seen.add(hashGraph({ ...graph, ops } as Graph));
  assert.equal(seen.size, 4);
});

test('names', () => {
  const unique = uniqueNames();
  assert.deepEqual(['a', 'b', 'a', 'a_2', 'a'].map(unique), ['a', 'b', 'a_2', 'a_2_2', 'a_3']);
  assert.deepEqual(['kws-ref.model', '3x3', '…', '_x_'].map(identifierOf), [
    'kws_ref_model',
    'm3x3',
    'model',
    'x',
  ]);
});
