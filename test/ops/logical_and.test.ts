import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

test('LOGICAL_AND', () => {
  const pairs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const;
  assert.deepEqual(paired('LOGICAL_AND', ['bool', 'bool', 'bool'], {}, pairs), [0, 0, 0, 1]);
});
