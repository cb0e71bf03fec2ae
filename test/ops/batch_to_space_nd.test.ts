import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const gathered = (shape: number[], block: number[], crops: number[]) => {
  const pairs = { shape: [block.length, 2], dtype: 'int32', data: Int32Array.from(crops) } as const;
  return oneOp('BATCH_TO_SPACE_ND', [{ shape }, block, pairs], {});
};

test('BATCH_TO_SPACE_ND brings the pixels of small images together and crops', () => {
  assert.deepEqual(shapesOf(gathered([4, 1, 2, 1], [2, 2], [0, 0, 0, 0])), [[1, 2, 4, 1]]);
  assert.deepEqual(valuesOf(gathered([4, 1, 2, 1], [2, 2], [0, 0, 0, 0])), [[0, 2, 1, 3, 4, 6, 5, 7]]);
  assert.deepEqual(valuesOf(gathered([2, 3, 1], [2], [1, 2])), [[3, 1, 4]]);
});

test('each problem of a BATCH_TO_SPACE_ND has its own words', () => {
  assert.deepEqual(codesOf(gathered([3, 1, 1], [2], [0, 0])), ['op-range']);
  assert.deepEqual(codesOf(gathered([2, 1, 1], [2], [1, 1])), ['op-range']);
  assert.deepEqual(codesOf(gathered([2, 1, 1], [2], [-1, 0])), ['op-range']);
});
