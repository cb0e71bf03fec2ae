import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

test('ZEROS_LIKE gives zeros of its input', () => {
  const zeros = oneOp('ZEROS_LIKE', [{ shape: [2, 2], dtype: 'float32' }], {});
  assert.deepEqual(shapesOf(zeros), [[2, 2]]);
  assert.deepEqual(valuesOf(zeros), [[0, 0, 0, 0]]);
  const long = oneOp('ZEROS_LIKE', [{ shape: [3], dtype: 'int32' }], {});
  assert.deepEqual(valuesOf(long), [[0, 0, 0]]);
});

test('ZEROS_LIKE of another type than its input is refused', () => {
  assert.deepEqual(codesOf(oneOp('ZEROS_LIKE', [{ shape: [2] }], {}, { dtype: 'int16' })), ['op-dtypes']);
});
