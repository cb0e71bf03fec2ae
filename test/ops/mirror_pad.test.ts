import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

function mirrored(mode: 'REFLECT' | 'SYMMETRIC', shape: number[], paddings: number[]) {
  const pairs = { shape: [shape.length, 2], dtype: 'int32', data: Int32Array.from(paddings) } as const;
  return oneOp('MIRROR_PAD', [{ shape }, pairs], { mode });
}

test('MIRROR_PAD mirrors at the outermost entries, or with them', () => {
  assert.deepEqual(valuesOf(mirrored('REFLECT', [3], [2, 2])), [[2, 1, 0, 1, 2, 1, 0]]);
  assert.deepEqual(valuesOf(mirrored('SYMMETRIC', [3], [3, 2])), [[2, 1, 0, 0, 1, 2, 2, 1]]);
});

test('MIRROR_PAD mirrors corners both ways', () => {
  const reflected = mirrored('REFLECT', [2, 3], [1, 0, 0, 1]);
  assert.deepEqual(shapesOf(reflected), [[3, 4]]);
  assert.deepEqual(valuesOf(reflected), [[3, 4, 5, 4, 0, 1, 2, 1, 3, 4, 5, 4]]);
  assert.deepEqual(valuesOf(mirrored('SYMMETRIC', [1, 2], [1, 0, 0, 1])), [[0, 1, 1, 0, 1, 1]]);
});

test('MIRROR_PAD beyond the other end is refused', () => {
  assert.deepEqual(codesOf(mirrored('REFLECT', [3], [3, 0])), ['op-range']);
  assert.deepEqual(codesOf(mirrored('SYMMETRIC', [3], [0, 4])), ['op-range']);
  assert.deepEqual(codesOf(mirrored('SYMMETRIC', [3], [-1, 0])), ['op-range']);
});
