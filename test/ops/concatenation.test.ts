import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { byteSize } from '../../src/graph/access.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { plan } from '../../src/planner/planner.js';
import { host } from '../../targets/host.js';
import { concatenationGraph } from '../property/arbitraries/concatenation.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

test('CONCATENATION: the emitted C equals the simulator', () =>
  checkProperty(concatenationGraph, { runs: 250 }));

const narrow = (graph: Graph) => graph.tensors.every((t) => byteSize({ ...t, shape: [1] }) === 1);

test('outputs laid over dying inputs to the byte lose nothing', async () => {
  const graphs = fc.sample(concatenationGraph.filter(narrow), { numRuns: 150, seed: 4 });
  await proveGraphs(graphs, { alignment: 1 });
  const saved = graphs.filter((graph) => {
    const { arenaBytes } = plan(lower(graph, host), graph, { alignment: 1 });
    const all = [...new Set([...graph.inputs, ...graph.outputs])];
    return arenaBytes < all.reduce((n, t) => n + byteSize(graph.tensors[t]!), 0);
  });
  assert.ok(saved.length > 80, `${saved.length}`);
});

function joined(axis: number, shapes: readonly (readonly number[])[], output: readonly number[], zero = 3) {
  const builder = graphBuilder('joined');
  const int8 = (shape: readonly number[], zeroPoint = 3) => {
    return { dtype: 'int8', shape, quantization: perTensor(0.5, zeroPoint) } as const;
  };
  const inputs = shapes.map((shape, i) => builder.input(`x${i}`, int8(shape)));
  return builder.build(builder.op('CONCATENATION', 'y', inputs, { axis }, int8(output, zero)));
}

test('along the outermost axis the inputs lie in the output already', () => {
  const graph = joined(
    1,
    [
      [1, 4, 8],
      [1, 2, 8],
      [1, 6, 8],
    ],
    [1, 12, 8],
  );
  const { arenaBytes } = plan(lower(graph, host), graph, { alignment: 4 });
  assert.equal(arenaBytes, 96);
});

test('each problem of a CONCATENATION has its own words', () => {
  const codes = (graph: Graph) => checkGraph(graph).map((d) => d.code);
  const shapes = [
    [2, 3],
    [2, 4],
  ];
  assert.deepEqual(codes(joined(1, shapes, [2, 7])), []);
  assert.deepEqual(codes(joined(-1, shapes, [2, 7])), []);
  assert.deepEqual(codes(joined(0, shapes, [2, 7])), ['op-shape']);
  assert.deepEqual(codes(joined(1, shapes, [2, 8])), ['op-shape']);
  assert.deepEqual(codes(joined(2, shapes, [2, 7])), ['op-range']);
  assert.deepEqual(codes(joined(-3, shapes, [2, 7])), ['op-range']);
  assert.deepEqual(codes(joined(0.5, shapes, [2, 7])), ['op-range']);
  // TFLM would copy the values, whatever they then mean.
  assert.deepEqual(codes(joined(1, shapes, [2, 7], 4)), ['quantization', 'quantization']);
});
