import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const halves = (axis: number, count = 2, shape = [2, 4]) =>
  oneOp('SPLIT', [axis, { shape }], { numSplits: count }, { count });

test('SPLIT gives each output an equal part of the axis', () => {
  assert.deepEqual(shapesOf(halves(1)), [
    [2, 2],
    [2, 2],
  ]);
  assert.deepEqual(valuesOf(halves(1)), [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ]);
  assert.deepEqual(valuesOf(halves(-2)), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  assert.deepEqual(valuesOf(halves(0, 1)), [[0, 1, 2, 3, 4, 5, 6, 7]]);
});

test('each problem of a SPLIT has its own words', () => {
  assert.deepEqual(codesOf(halves(1, 3)), ['op-range']);
  assert.deepEqual(codesOf(halves(2)), ['op-range']);
  const short = oneOp('SPLIT', [1, { shape: [2, 4] }], { numSplits: 2 }, { count: 3 });
  assert.deepEqual(codesOf(short), ['op-outputs']);
  const none = oneOp('SPLIT', [1, { shape: [2, 4] }], { numSplits: 0 }, { count: 0 });
  assert.ok(codesOf(none).includes('op-outputs'));
});
