import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paired } from '../support/two_values.js';

const kinds = ['float32', 'float32', 'float32'] as const;

test('DIV divides as IEEE 754 says, also by 0', () => {
  const pairs = [
    [1, 3],
    [-1, 0],
    [1, -0],
    [0, 0],
  ] as const;
  const infinities = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  assert.deepEqual(paired('DIV', kinds, { activation: 'TANH' }, pairs).slice(0, 1), [Math.fround(1 / 3)]);
  // Without an activation TFLM clamps to the largest finite numbers.
  assert.deepEqual(paired('DIV', kinds, { activation: 'NONE' }, pairs).slice(1), [
    ...infinities.map(() => -3.4028234663852886e38),
    Number.NaN,
  ]);
});

test('DIV with a fused activation', () => {
  assert.deepEqual(
    paired('DIV', kinds, { activation: 'RELU6' }, [
      [-1, 2],
      [9, 3],
      [9, 1],
    ]),
    [0, 3, 6],
  );
});
