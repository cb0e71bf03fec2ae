import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { importModel } from '../../src/importers/index.js';
import { resizeGraph } from '../property/arbitraries/resize.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, oneOp, valuesOf } from '../support/one_op.js';

test('RESIZE_NEAREST_NEIGHBOR: the emitted C equals the simulator', () =>
  checkProperty(resizeGraph('RESIZE_NEAREST_NEIGHBOR'), { runs: 80 }));

test('RESIZE_NEAREST_NEIGHBOR comes back from a .tflite file as it went', () => {
  for (const graph of fc.sample(resizeGraph('RESIZE_NEAREST_NEIGHBOR'), { numRuns: 8, seed: 2 })) {
    assert.deepEqual(importModel(exportTflite(graph), { name: graph.name }).ops, graph.ops);
  }
});

const resized = (
  width: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
  dtype: 'int8' | 'float32' = 'float32',
) =>
  oneOp('RESIZE_NEAREST_NEIGHBOR', [{ shape: [1, 1, 3, 1], dtype }, [1, width]], {
    alignCorners,
    halfPixelCenters,
  });

test('RESIZE_NEAREST_NEIGHBOR by the ways to count places', () => {
  assert.deepEqual(valuesOf(resized(7, false, false)), [[0, 0, 0, 1, 1, 2, 2]]);
  assert.deepEqual(valuesOf(resized(5, true, false)), [[0, 1, 1, 2, 2]]);
  assert.deepEqual(valuesOf(resized(2, false, true, 'int8')), [[0, 2]]);
});

test('RESIZE_NEAREST_NEIGHBOR refuses empty sizes', () => {
  assert.deepEqual(codesOf(resized(0, false, false)), ['op-range']);
});
