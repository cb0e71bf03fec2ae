import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const tiled = (shape: number[], multiples: number[]) => oneOp('TILE', [{ shape }, multiples], {});

test('TILE repeats the tensor along each axis', () => {
  assert.deepEqual(shapesOf(tiled([2, 3], [2, 1])), [[4, 3]]);
  assert.deepEqual(valuesOf(tiled([2, 2], [1, 2])), [[0, 1, 0, 1, 2, 3, 2, 3]]);
  assert.deepEqual(valuesOf(tiled([2, 1], [2, 2])), [[0, 0, 1, 1, 0, 0, 1, 1]]);
});

test('TILE by none, or by as many numbers as there are no axes, is refused', () => {
  assert.deepEqual(codesOf(tiled([2, 3], [2, 0])), ['op-range']);
  assert.deepEqual(codesOf(tiled([2, 3], [2])), ['op-shape']);
});
