import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codesOf } from '../support/one_op.js';
import { paired, twoValueOp } from '../support/two_values.js';

test('SQUARED_DIFFERENCE of quantized values', () => {
  const int8 = [
    ['int8', 0.5, 1],
    ['int8', 0.25, -1],
    ['int8', 0.5, -128],
  ] as const;
  // (2 − 1)², (0 − 3)², (−64.5 − 32)², which saturates.
  assert.deepEqual(
    paired('SQUARED_DIFFERENCE', int8, {}, [
      [5, 3],
      [1, 11],
      [-128, 127],
    ]),
    [-126, -110, 127],
  );
  const int16 = [
    ['int16', 0.5, 0],
    ['int16', 0.5, 0],
    ['int16', 1, 0],
  ] as const;
  // Halves of the inputs are rounded: 6 − 5 is 3 − 3.
  assert.deepEqual(
    paired('SQUARED_DIFFERENCE', int16, {}, [
      [6, 5],
      [8, 4],
      [-16384, 16383],
    ]),
    [0, 4, 32767],
  );
});

test('SQUARED_DIFFERENCE of plain integers wraps', () => {
  const int32 = ['int32', 'int32', 'int32'] as const;
  assert.deepEqual(
    paired('SQUARED_DIFFERENCE', int32, {}, [
      [3, 5],
      [0x7fffffff, -1],
      [65536, 0],
    ]),
    [4, 0, 0],
  );
});

test('SQUARED_DIFFERENCE of int16 has no zero points', () => {
  const kinds = [
    ['int16', 0.5, 1],
    ['int16', 0.5, 0],
    ['int16', 1, 0],
  ] as const;
  assert.deepEqual(codesOf(twoValueOp('SQUARED_DIFFERENCE', kinds, {})), ['quantization']);
});
