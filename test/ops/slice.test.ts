import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const sliced = (begin: number[], size: number[]) => oneOp('SLICE', [{ shape: [3, 4] }, begin, size], {});

test('SLICE takes a box; −1 reaches to the end', () => {
  assert.deepEqual(valuesOf(sliced([1, 2], [2, 2])), [[6, 7, 10, 11]]);
  assert.deepEqual(shapesOf(sliced([1, 1], [-1, 1])), [[2, 1]]);
  assert.deepEqual(valuesOf(sliced([1, 1], [-1, 1])), [[5, 9]]);
});

test('SLICE takes begin and size as int64 as well', () => {
  const long = (...values: bigint[]) =>
    ({ shape: [2], dtype: 'int64', data: BigInt64Array.from(values) }) as const;
  const graph = oneOp('SLICE', [{ shape: [3, 4] }, long(0n, 3n), long(3n, -1n)], {});
  assert.deepEqual(valuesOf(graph), [[3, 7, 11]]);
});

test('SLICE beyond the tensor is refused', () => {
  assert.deepEqual(codesOf(sliced([1, 2], [3, 2])), ['op-range']);
  assert.deepEqual(codesOf(sliced([-1, 2], [1, 2])), ['op-range']);
  assert.deepEqual(codesOf(sliced([0, 0], [1, -2])), ['op-range']);
  assert.deepEqual(codesOf(sliced([0], [1])), ['op-shape', 'op-shape']);
});
