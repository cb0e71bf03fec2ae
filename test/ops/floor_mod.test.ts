import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

test('FLOOR_MOD has the sign of its divisor', () => {
  const pairs = [
    [7, 3],
    [-7, 3],
    [7, -3],
    [-7, -3],
    [-6, 3],
    [5, Number.POSITIVE_INFINITY],
    [1, 0],
  ] as const;
  const rests = [1, 2, -2, -1, -0, 5, Number.NaN];
  assert.deepEqual(paired('FLOOR_MOD', ['float32', 'float32', 'float32'], {}, pairs), rests);
});
