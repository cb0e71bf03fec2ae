import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const squeezed = (shape: number[], squeezeDims?: number[]) => {
  return oneOp('SQUEEZE', [{ shape }], squeezeDims ? { squeezeDims } : {});
};

test('SQUEEZE takes out the axes that it names, or all of length 1', () => {
  assert.deepEqual(shapesOf(squeezed([1, 3, 1, 2])), [[3, 2]]);
  assert.deepEqual(shapesOf(squeezed([1, 3, 1, 2], [])), [[3, 2]]);
  assert.deepEqual(shapesOf(squeezed([1, 3, 1, 2], [-2])), [[1, 3, 2]]);
  assert.deepEqual(shapesOf(squeezed([1, 1])), [[]]);
  assert.deepEqual(valuesOf(squeezed([1, 3, 1])), [[0, 1, 2]]);
});

test('SQUEEZE of an axis that is longer, or not there, is refused', () => {
  assert.deepEqual(codesOf(squeezed([1, 3, 1], [1])), ['op-range']);
  assert.deepEqual(codesOf(squeezed([1, 3, 1], [3])), ['op-range']);
  assert.deepEqual(codesOf(squeezed([1, 3, 1], [-4])), ['op-range']);
});
