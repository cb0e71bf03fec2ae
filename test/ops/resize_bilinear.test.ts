import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { importModel } from '../../src/importers/index.js';
import { resizeGraph } from '../property/arbitraries/resize.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, oneOp, valuesOf } from '../support/one_op.js';

test('RESIZE_BILINEAR: the emitted C equals the simulator', () =>
  checkProperty(resizeGraph('RESIZE_BILINEAR'), { runs: 80 }));

test('RESIZE_BILINEAR comes back from a .tflite file as it went', () => {
  for (const graph of fc.sample(resizeGraph('RESIZE_BILINEAR'), { numRuns: 8, seed: 2 })) {
    assert.deepEqual(importModel(exportTflite(graph), { name: graph.name }).ops, graph.ops);
  }
});

const resized = (
  width: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
  dtype: 'int8' | 'float32' = 'float32',
) =>
  oneOp('RESIZE_BILINEAR', [{ shape: [1, 1, 3, 1], dtype }, [1, width]], { alignCorners, halfPixelCenters });

test('RESIZE_BILINEAR by the three ways to count places', () => {
  assert.deepEqual(valuesOf(resized(6, false, false)), [[0, 0.5, 1, 1.5, 2, 2]]);
  assert.deepEqual(valuesOf(resized(5, true, false)), [[0, 0.5, 1, 1.5, 2]]);
  assert.deepEqual(valuesOf(resized(6, false, true)), [[0, 0.25, 0.75, 1.25, 1.75, 2]]);
});

test('RESIZE_BILINEAR of int8 rounds ties away from zero', () => {
  assert.deepEqual(valuesOf(resized(6, false, false, 'int8')), [[0, 1, 1, 2, 2, 2]]);
});

test('RESIZE_BILINEAR refuses what TFLM refuses, and sizes at which its kernel would leave the image', () => {
  assert.deepEqual(codesOf(resized(6, true, true)), ['op-attribute']);
  assert.deepEqual(codesOf(resized(2000, false, false, 'int8')), ['op-range']);
  assert.deepEqual(codesOf(resized(2000, false, false)), []);
  assert.deepEqual(codesOf(resized(0, false, false)), ['op-range']);
});
