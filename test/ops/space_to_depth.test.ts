import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const deep = (shape: number[], blockSize: number) => oneOp('SPACE_TO_DEPTH', [{ shape }], { blockSize });

test('SPACE_TO_DEPTH puts the pixels of a block behind each other', () => {
  assert.deepEqual(shapesOf(deep([1, 2, 4, 1], 2)), [[1, 1, 2, 4]]);
  assert.deepEqual(valuesOf(deep([1, 2, 4, 1], 2)), [[0, 1, 4, 5, 2, 3, 6, 7]]);
  assert.deepEqual(valuesOf(deep([1, 2, 2, 2], 2)), [[0, 1, 2, 3, 4, 5, 6, 7]]);
});

test('SPACE_TO_DEPTH of images that blocks do not fill is refused', () => {
  assert.deepEqual(codesOf(deep([1, 3, 4, 1], 2)), ['op-range']);
  assert.deepEqual(codesOf(deep([1, 4, 4, 1], 0)), ['op-range']);
  assert.deepEqual(codesOf(deep([4, 4, 1], 2)), ['op-shape']);
});
