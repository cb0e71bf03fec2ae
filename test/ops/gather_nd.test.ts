import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

function taken(shape: number[], places: readonly [number, number], data?: number[]) {
  const indices = { shape: places, dtype: 'int32', ...(data && { data: Int32Array.from(data) }) } as const;
  return oneOp('GATHER_ND', [{ shape }, indices], {});
}

test('GATHER_ND takes slices at the coordinates where they begin', () => {
  assert.deepEqual(valuesOf(taken([2, 3], [2, 2], [0, 1, 1, 2])), [[1, 5]]);
  const rows = taken([2, 3], [2, 1], [1, 0]);
  assert.deepEqual(shapesOf(rows), [[2, 3]]);
  assert.deepEqual(valuesOf(rows), [[3, 4, 5, 0, 1, 2]]);
});

test('computed coordinates that lead out of the tensor stand for the nearest slice', () => {
  // Indices 0 … 3: the last two begin beyond the last row.
  assert.deepEqual(valuesOf(taken([2, 2], [4, 1])), [[0, 1, 2, 3, 2, 3, 2, 3]]);
});

test('each problem of a GATHER_ND has its own words', () => {
  assert.deepEqual(codesOf(taken([2, 3], [1, 2], [1, 3])), ['op-range']);
  assert.deepEqual(codesOf(taken([2, 3], [1, 2], [0, -1])), ['op-range']);
  assert.deepEqual(codesOf(taken([2, 3], [1, 3], [0, 0, 0])), ['op-shape']);
  const long = { shape: [1, 1], dtype: 'int64', data: BigInt64Array.of(0n) } as const;
  assert.deepEqual(codesOf(oneOp('GATHER_ND', [{ shape: [2] }, long], {})), ['op-dtypes']);
});
