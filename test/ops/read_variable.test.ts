import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { checkGraph } from '../../src/graph/check.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel } from '../../src/importers/index.js';
import { variableGraph } from '../property/arbitraries/variable.js';
import { checkProperty } from '../property/harness.js';

test('READ_VARIABLE and ASSIGN_VARIABLE: the emitted C equals the simulator, from sample to sample', () =>
  checkProperty(variableGraph, { runs: 40, samples: 5 }));

test('a variable stands in a file as TFLite has it, with what it starts from', () => {
  for (const graph of fc.sample(variableGraph, { numRuns: 20, seed: 1 })) {
    const again = importModel(exportTflite(graph), { name: 'variable' });
    assert.equal(hashGraph(again), hashGraph(graph));
    assert.deepEqual(
      again.tensors.map((t) => t.initial),
      graph.tensors.map((t) => t.initial),
    );
  }
});

test('READ_VARIABLE refuses what is no variable, and one of another type', () => {
  const [graph] = fc.sample(variableGraph, { numRuns: 1, seed: 1 }) as [ReturnType<typeof importModel>];
  const changed = (change: object) =>
    checkGraph({
      ...graph,
      tensors: graph.tensors.map((t) => (t.name === 'variable' ? { ...t, ...change } : t)),
    }).map((p) => p.code);
  assert.deepEqual(changed({ dtype: 'bool' }).slice(0, 1), ['op-dtypes']);
  const { data } = { data: graph.tensors.find((t) => t.initial)!.initial };
  assert.ok(changed({ initial: undefined, data }).includes('op-state'));
});
