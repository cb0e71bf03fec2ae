import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

test('FLOOR_DIV rounds the quotient down, taken in double', () => {
  const pairs = [
    [7, 2],
    [-7, 2],
    [-6, 2],
    [-0, 2],
    [1e-40, -3e38],
    [3e38, 1e-45],
    [1, 0],
  ] as const;
  const floors = [3, -4, -3, -0, -1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  assert.deepEqual(paired('FLOOR_DIV', ['float32', 'float32', 'float32'], {}, pairs), floors);
});
