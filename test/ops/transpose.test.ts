import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lower } from '../../codegen/lower.js';
import { host } from '../../targets/host.js';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

test('TRANSPOSE moves each axis of the input to where the permutation names it', () => {
  const swapped = oneOp('TRANSPOSE', [{ shape: [2, 3] }, [1, 0]], {});
  assert.deepEqual(shapesOf(swapped), [[3, 2]]);
  assert.deepEqual(valuesOf(swapped), [[0, 3, 1, 4, 2, 5]]);
  const turned = oneOp('TRANSPOSE', [{ shape: [2, 3, 2] }, [2, 0, 1]], {});
  assert.deepEqual(shapesOf(turned), [[2, 2, 3]]);
  assert.deepEqual(valuesOf(turned), [[0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]]);
});

test('a TRANSPOSE that only moves axes of length 1 is a view', () => {
  const graph = oneOp('TRANSPOSE', [{ shape: [1, 4, 1, 3] }, [1, 0, 3, 2]], {});
  assert.deepEqual(lower(graph, host)[0]!.alias, 0);
  assert.deepEqual(lower(oneOp('TRANSPOSE', [{ shape: [2, 2] }, [1, 0]], {}), host)[0]!.alias, undefined);
});

test('each problem of a TRANSPOSE has its own words', () => {
  const codes = (perm: number[]) => codesOf(oneOp('TRANSPOSE', [{ shape: [2, 3] }, perm], {}));
  assert.deepEqual(codes([0, 1]), []);
  assert.deepEqual(codes([0, 0]), ['op-range']);
  assert.deepEqual(codes([-1, 0]), ['op-range']);
  assert.deepEqual(codes([0]), ['op-shape']);
  const computed = oneOp('TRANSPOSE', [{ shape: [2, 3] }, { shape: [2], dtype: 'int32' }], {});
  assert.deepEqual(codesOf(computed), ['not-constant']);
  const converted = oneOp('TRANSPOSE', [{ shape: [2, 3] }, [1, 0]], {}, { dtype: 'int16' });
  assert.deepEqual(codesOf(converted), ['op-dtypes']);
});
