import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const broadcast = (shape: number[], target: number[]) => oneOp('BROADCAST_TO', [{ shape }, target], {});

test('BROADCAST_TO repeats axes of length 1, and those that are missing in front', () => {
  assert.deepEqual(shapesOf(broadcast([2, 1], [2, 2, 3])), [[2, 2, 3]]);
  assert.deepEqual(valuesOf(broadcast([2, 1], [2, 2, 3])), [[0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]]);
  assert.deepEqual(valuesOf(broadcast([3], [2, 3])), [[0, 1, 2, 0, 1, 2]]);
  assert.deepEqual(valuesOf(broadcast([], [3])), [[0, 0, 0]]);
});

test('BROADCAST_TO a shape that does not take it is refused', () => {
  assert.deepEqual(codesOf(broadcast([2], [3])), ['op-shape']);
  assert.deepEqual(codesOf(broadcast([2, 3], [3])), ['op-shape']);
  assert.deepEqual(codesOf(broadcast([3], [1])), ['op-shape']);
});
