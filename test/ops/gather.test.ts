import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, type Operand, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const taken = (shape: number[], numbers: Operand, axis: number, batchDims = 0) =>
  oneOp('GATHER', [{ shape }, numbers], { axis, batchDims });

test('GATHER takes entries along any axis, by numbers of any shape', () => {
  assert.deepEqual(valuesOf(taken([3, 2], [2, 0, 2], 0)), [[4, 5, 0, 1, 4, 5]]);
  assert.deepEqual(valuesOf(taken([2, 3], [2, 0], -1)), [[2, 0, 5, 3]]);
  const one = taken([3, 2], 1, 0);
  assert.deepEqual(shapesOf(one), [[2]]);
  assert.deepEqual(valuesOf(one), [[2, 3]]);
});

test('GATHER: with batch dimensions each part of the input has its own numbers', () => {
  const numbers = { shape: [2, 2], dtype: 'int32', data: Int32Array.of(2, 0, 1, 1) } as const;
  const graph = taken([2, 3], numbers, 1, 1);
  assert.deepEqual(shapesOf(graph), [[2, 2]]);
  assert.deepEqual(valuesOf(graph), [[2, 0, 4, 4]]);
  assert.deepEqual(valuesOf(taken([2, 3], numbers, -1, -1)), [[2, 0, 4, 4]]);
});

test('a computed number beyond the axis stands for the nearest', () => {
  // Numbers count from 0 to 4.
  assert.deepEqual(valuesOf(taken([3], { shape: [5], dtype: 'int32' }, 0)), [[0, 1, 2, 2, 2]]);
});

test('each problem of a GATHER has its own words', () => {
  assert.deepEqual(codesOf(taken([3, 2], [3], 0)), ['op-range']);
  assert.deepEqual(codesOf(taken([3, 2], [-1], 0)), ['op-range']);
  assert.deepEqual(codesOf(taken([3, 2], [0], 2)), ['op-range']);
  assert.deepEqual(codesOf(taken([3, 2], [0], 0, 1)), ['op-shape']);
  assert.deepEqual(codesOf(taken([3, 2], { shape: [2, 1], dtype: 'int32' }, 1, 1)), ['op-shape']);
  assert.deepEqual(codesOf(taken([3], { shape: [1], dtype: 'int16' }, 0)), ['op-dtypes']);
});
