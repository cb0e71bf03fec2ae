import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const plain = {
  beginMask: 0,
  endMask: 0,
  ellipsisMask: 0,
  newAxisMask: 0,
  shrinkAxisMask: 0,
  offset: false,
};

function sliced(
  shape: number[],
  [begin, end, strides]: readonly [number[], number[], number[]],
  masks: Partial<typeof plain> = {},
) {
  return oneOp('STRIDED_SLICE', [{ shape }, begin, end, strides], { ...plain, ...masks });
}

test('STRIDED_SLICE clamps its bounds and counts negative ones from the end', () => {
  assert.deepEqual(valuesOf(sliced([4], [[1], [3], [1]])), [[1, 2]]);
  assert.deepEqual(valuesOf(sliced([4], [[-3], [3], [1]])), [[1, 2]]);
  assert.deepEqual(valuesOf(sliced([4], [[-5], [3], [1]])), [[0, 1, 2]]);
  assert.deepEqual(valuesOf(sliced([4], [[1], [5], [2]])), [[1, 3]]);
  assert.deepEqual(valuesOf(sliced([4], [[-1], [-4], [-1]])), [[3, 2, 1]]);
  assert.deepEqual(valuesOf(sliced([4], [[-1], [-5], [-2]])), [[3, 1]]);
});

test('STRIDED_SLICE: masks open the bounds and take axes away', () => {
  assert.deepEqual(valuesOf(sliced([4], [[1], [3], [1]], { beginMask: 1 })), [[0, 1, 2]]);
  assert.deepEqual(valuesOf(sliced([4], [[1], [3], [-1]], { beginMask: 1, endMask: 1 })), [[3, 2, 1, 0]]);
  const row = sliced(
    [2, 3],
    [
      [1, 0],
      [2, 3],
      [1, 1],
    ],
    { shrinkAxisMask: 1 },
  );
  assert.deepEqual(shapesOf(row), [[3]]);
  assert.deepEqual(valuesOf(row), [[3, 4, 5]]);
  // With a negative index the end does not matter.
  assert.deepEqual(valuesOf(sliced([4], [[-1], [0], [1]], { shrinkAxisMask: 1 })), [[3]]);
});

test('STRIDED_SLICE: an ellipsis stands for the axes between, a new axis has length 1, an offset counts from begin', () => {
  const last = sliced(
    [2, 2, 3],
    [
      [0, 1],
      [0, 2],
      [1, 1],
    ],
    { ellipsisMask: 1 },
  );
  assert.deepEqual(shapesOf(last), [[2, 2, 1]]);
  assert.deepEqual(valuesOf(last), [[1, 4, 7, 10]]);
  const added = sliced(
    [2, 3],
    [
      [0, 1],
      [0, 2],
      [1, 1],
    ],
    { newAxisMask: 1 },
  );
  assert.deepEqual(shapesOf(added), [[1, 1, 3]]);
  assert.deepEqual(valuesOf(added), [[3, 4, 5]]);
  assert.deepEqual(valuesOf(sliced([6], [[2], [3], [1]], { offset: true })), [[2, 3, 4]]);
});

test('each problem of a STRIDED_SLICE has its own words', () => {
  assert.deepEqual(codesOf(sliced([4], [[0], [4], [0]])), ['op-range']);
  assert.deepEqual(codesOf(sliced([4], [[3], [1], [1]])), ['op-range']);
  assert.deepEqual(codesOf(sliced([4], [[4], [5], [1]], { shrinkAxisMask: 1 })), ['op-range']);
  assert.deepEqual(
    codesOf(
      sliced(
        [4],
        [
          [0, 0],
          [1, 1],
          [1, 1],
        ],
      ),
    ),
    ['op-shape'],
  );
  assert.deepEqual(codesOf(sliced([4], [[0], [1, 1], [1, 1]])), ['op-shape', 'op-shape']);
});
