import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const condition = { shape: [2, 1], dtype: 'bool', data: Uint8Array.of(1, 0) } as const;

test('SELECT_V2 broadcasts condition and both values', () => {
  const graph = oneOp(
    'SELECT_V2',
    [condition, { shape: [3] }, { shape: [1], data: Int8Array.of(9) }],
    {},
    { dtype: 'int8' },
  );
  assert.deepEqual(shapesOf(graph), [[2, 3]]);
  assert.deepEqual(valuesOf(graph), [[0, 1, 2, 9, 9, 9]]);
});

test('SELECT_V2 refuses conditions that are no bool, and shapes that do not fit', () => {
  const values = [{ shape: [3] }, { shape: [2] }] as const;
  assert.deepEqual(codesOf(oneOp('SELECT_V2', [{ shape: [3] }, ...values], {}, { dtype: 'int8' })), [
    'op-dtypes',
    'op-shape',
  ]);
});
