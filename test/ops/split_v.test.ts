import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const parts = (sizes: number[], axis = 1) =>
  oneOp('SPLIT_V', [{ shape: [2, 4] }, sizes, axis], { numSplits: sizes.length }, { count: sizes.length });

test('SPLIT_V gives each output the part of its size; −1 is what is left', () => {
  assert.deepEqual(shapesOf(parts([1, 3])), [
    [2, 1],
    [2, 3],
  ]);
  const values = [
    [0, 4],
    [1, 2, 3, 5, 6, 7],
  ];
  assert.deepEqual(valuesOf(parts([1, 3])), values);
  assert.deepEqual(valuesOf(parts([1, -1])), values);
  assert.deepEqual(valuesOf(parts([-1, 3], -1)), values);
});

test('each problem of a SPLIT_V has its own words', () => {
  assert.deepEqual(codesOf(parts([1, 2])), ['op-range']);
  assert.deepEqual(codesOf(parts([-1, -1])), ['op-range']);
  assert.deepEqual(codesOf(parts([5, -1])), ['op-range']);
  assert.deepEqual(codesOf(parts([1, 3], 2)), ['op-range']);
  const three = oneOp('SPLIT_V', [{ shape: [2, 4] }, [1, 3], 1], { numSplits: 3 }, { count: 3 });
  assert.deepEqual(codesOf(three), ['op-shape']);
});
