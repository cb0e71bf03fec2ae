import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const unpacked = (axis: number, num: number) =>
  oneOp('UNPACK', [{ shape: [2, 3] }], { num, axis }, { count: num });

test('UNPACK gives each output one entry of the axis, without the axis', () => {
  assert.deepEqual(shapesOf(unpacked(1, 3)), [[2], [2], [2]]);
  assert.deepEqual(valuesOf(unpacked(1, 3)), [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  assert.deepEqual(valuesOf(unpacked(-2, 2)), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

test('UNPACK along no axis, or into fewer outputs than entries, is refused', () => {
  assert.deepEqual(codesOf(unpacked(1, 2)), ['op-range']);
  assert.deepEqual(codesOf(unpacked(2, 2)), ['op-range']);
});
