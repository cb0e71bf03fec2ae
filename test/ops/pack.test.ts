import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const packed = (axis: number, ...shapes: number[][]) =>
  oneOp(
    'PACK',
    shapes.map((shape) => ({ shape })),
    { valuesCount: shapes.length, axis },
  );

test('PACK puts tensors side by side along a new axis', () => {
  assert.deepEqual(shapesOf(packed(0, [3], [3])), [[2, 3]]);
  assert.deepEqual(valuesOf(packed(0, [3], [3])), [[0, 1, 2, 0, 1, 2]]);
  assert.deepEqual(shapesOf(packed(-1, [3], [3])), [[3, 2]]);
  assert.deepEqual(valuesOf(packed(1, [3], [3])), [[0, 0, 1, 1, 2, 2]]);
  assert.deepEqual(valuesOf(packed(0, [], [], [])), [[0, 0, 0]]);
});

test('each problem of a PACK has its own words', () => {
  assert.deepEqual(codesOf(packed(2, [3], [3])), ['op-range']);
  assert.deepEqual(codesOf(packed(0, [3], [4])), ['op-shape']);
  const [x, y] = [{ shape: [2] }, { shape: [2], dtype: 'int16' }] as const;
  assert.deepEqual(codesOf(oneOp('PACK', [x, y], { valuesCount: 2, axis: 0 })), ['op-dtypes']);
  assert.deepEqual(codesOf(oneOp('PACK', [x, x], { valuesCount: 3, axis: 0 })), ['op-inputs']);
});
