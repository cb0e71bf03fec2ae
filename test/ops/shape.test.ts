import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

test('SHAPE tells the dimensions', () => {
  const graph = oneOp('SHAPE', [{ shape: [2, 3, 1] }], { outType: 'int32' }, { dtype: 'int32' });
  assert.deepEqual(shapesOf(graph), [[3]]);
  assert.deepEqual(valuesOf(graph), [[2, 3, 1]]);
  const long = oneOp('SHAPE', [{ shape: [4] }], { outType: 'int64' }, { dtype: 'int64' });
  assert.deepEqual(valuesOf(long), [[4]]);
});

test('SHAPE as reals is refused', () => {
  assert.deepEqual(codesOf(oneOp('SHAPE', [{ shape: [4] }], {}, { dtype: 'float32' })), ['op-dtypes']);
});
