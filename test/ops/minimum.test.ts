import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

test('MINIMUM takes the smaller of two quantized values whatever their scales', () => {
  const kinds = [
    ['int8', 0.5, 3],
    ['int8', 0.1, -7],
    ['int8', 0.5, 3],
  ] as const;
  assert.deepEqual(
    paired('MINIMUM', kinds, {}, [
      [2, -3],
      [-128, -127],
      [5, 5],
    ]),
    [-3, -128, 5],
  );
});

test('MINIMUM gives its second value where the two do not differ or one is no number', () => {
  const kinds = ['float32', 'float32', 'float32'] as const;
  const pairs = [
    [2.5, -1],
    [0, -0],
    [1, Number.NaN],
  ] as const;
  assert.deepEqual(paired('MINIMUM', kinds, {}, pairs), [-1, -0, Number.NaN]);
});
