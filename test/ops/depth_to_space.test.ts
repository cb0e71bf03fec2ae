import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const wide = (shape: number[], blockSize: number) => oneOp('DEPTH_TO_SPACE', [{ shape }], { blockSize });

test('DEPTH_TO_SPACE makes a block of pixels of each pixel', () => {
  assert.deepEqual(shapesOf(wide([1, 1, 2, 4], 2)), [[1, 2, 4, 1]]);
  assert.deepEqual(valuesOf(wide([1, 1, 2, 4], 2)), [[0, 1, 4, 5, 2, 3, 6, 7]]);
});

test('DEPTH_TO_SPACE of channels that do not make blocks is refused', () => {
  assert.deepEqual(codesOf(wide([1, 1, 1, 6], 2)), ['op-range']);
  assert.deepEqual(codesOf(wide([1, 1, 1, 4], -2)), ['op-range']);
  assert.deepEqual(codesOf(wide([1, 1, 4], 2)), ['op-shape']);
});
