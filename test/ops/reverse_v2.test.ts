import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const reversed = (axes: number[]) => oneOp('REVERSE_V2', [{ shape: [2, 3] }, axes], {});

test('REVERSE_V2 turns the axes that it names', () => {
  assert.deepEqual(valuesOf(reversed([0])), [[3, 4, 5, 0, 1, 2]]);
  assert.deepEqual(valuesOf(reversed([-1])), [[2, 1, 0, 5, 4, 3]]);
  assert.deepEqual(valuesOf(reversed([1, 0])), [[5, 4, 3, 2, 1, 0]]);
  assert.deepEqual(shapesOf(reversed([])), [[2, 3]]);
});

test('REVERSE_V2 of an axis twice, or of none, is refused', () => {
  assert.deepEqual(codesOf(reversed([0, -2])), ['op-range']);
  assert.deepEqual(codesOf(reversed([2])), ['op-range']);
});
