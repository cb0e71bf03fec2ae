/** All reductions but MEAN in one program: the emitted C equals the simulator. Values: one file each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { importModel } from '../../src/importers/index.js';
import { argExtremumGraph, reductionGraph } from '../property/arbitraries/reduce.js';
import { proveGraphs } from '../property/harness.js';

const graphs = [
  ...(['SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_ALL'] as const).map(reductionGraph),
  ...(['ARG_MAX', 'ARG_MIN'] as const).map(argExtremumGraph),
].flatMap((arbitrary) => fc.sample(arbitrary, { numRuns: 30, seed: 1 }));

test('reductions: the emitted C equals the simulator', () => proveGraphs(graphs));

test('all come back from a .tflite file as they went', () => {
  for (const graph of graphs) {
    const again = importModel(exportTflite(graph), { name: graph.name });
    assert.deepEqual(again.ops, graph.ops);
  }
});
