import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

test('LOGICAL_OR', () => {
  const pairs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const;
  assert.deepEqual(paired('LOGICAL_OR', ['bool', 'bool', 'bool'], {}, pairs), [0, 1, 1, 1]);
});
