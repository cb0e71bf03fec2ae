import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DType } from '../../src/graph/graph.js';
import { codesOf, type Operand, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const filled = (dims: number[], value: Operand, dtype?: DType) => oneOp('FILL', [dims, value], {}, { dtype });

test('FILL writes one value, constant or computed, all over', () => {
  const computed = filled([2, 2], { shape: [], dtype: 'float32' });
  assert.deepEqual(shapesOf(computed), [[2, 2]]);
  assert.deepEqual(valuesOf(computed), [[0, 0, 0, 0]]);
  const seven = { shape: [], dtype: 'int64', data: BigInt64Array.of(7n) } as const;
  assert.deepEqual(valuesOf(filled([3], seven, 'int64')), [[7, 7, 7]]);
});

test('each problem of a FILL has its own words', () => {
  assert.deepEqual(codesOf(filled([2], { shape: [1] })), ['op-shape']);
  assert.ok(codesOf(filled([0], { shape: [] })).includes('op-range'));
  const computed = oneOp('FILL', [{ shape: [2], dtype: 'int32' }, { shape: [] }], {}, { dtype: 'int8' });
  assert.deepEqual(codesOf(computed), ['not-constant']);
});
