import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

const pairs = [
  [1, 2],
  [2, 2],
  [3, 2],
  [Number.NaN, 2],
] as const;

test('NOT_EQUAL of float32, also where one is no number', () => {
  assert.deepEqual(paired('NOT_EQUAL', ['float32', 'float32', 'bool'], {}, pairs), [1, 0, 1, 1]);
});

test('NOT_EQUAL of int8 is one of 256ths: of scale 0.0005 neighbors are equal', () => {
  const kinds = [['int8', 0.0005, 0], ['int8', 0.0005, 0], 'bool'] as const;
  // 256 · 0.0005 · q rounds to 0, 0, 1, 13.
  assert.deepEqual(
    paired('NOT_EQUAL', kinds, {}, [
      [0, 3],
      [3, 4],
      [100, 4],
      [4, 100],
    ]),
    [0, 1, 1, 1],
  );
});

test('NOT_EQUAL of int8 with other scales compares what they stand for', () => {
  const kinds = [['int8', 0.5, -10], ['int8', 0.25, 6], 'bool'] as const;
  // 2 against 2, 2.5 against 2, 2 against 2.25.
  assert.deepEqual(
    paired('NOT_EQUAL', kinds, {}, [
      [-6, 14],
      [-5, 14],
      [-6, 15],
    ]),
    [0, 1, 1],
  );
});
