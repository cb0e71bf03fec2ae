import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const expanded = (shape: number[], axis: number) => oneOp('EXPAND_DIMS', [{ shape }, axis], {});

test('EXPAND_DIMS puts an axis of length 1 anywhere, counted from either end', () => {
  assert.deepEqual(shapesOf(expanded([3, 2], 0)), [[1, 3, 2]]);
  assert.deepEqual(shapesOf(expanded([3, 2], 2)), [[3, 2, 1]]);
  assert.deepEqual(shapesOf(expanded([3, 2], -1)), [[3, 2, 1]]);
  assert.deepEqual(shapesOf(expanded([3, 2], -3)), [[1, 3, 2]]);
  assert.deepEqual(shapesOf(expanded([], 0)), [[1]]);
  assert.deepEqual(valuesOf(expanded([3, 2], 1)), [[0, 1, 2, 3, 4, 5]]);
});

test('EXPAND_DIMS beyond the shape is refused', () => {
  assert.deepEqual(codesOf(expanded([3, 2], 3)), ['op-range']);
  assert.deepEqual(codesOf(expanded([3, 2], -4)), ['op-range']);
  assert.deepEqual(codesOf(oneOp('EXPAND_DIMS', [{ shape: [3, 2] }, [0, 1]], {})), ['op-shape']);
});
