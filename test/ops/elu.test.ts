import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp, worstStep, worstUlp } from '../support/one_value.js';

test('ELU of int8 is the nearest value', () => {
  for (const [scale, to] of [
    [0.03, 0.02],
    [0.2, 0.1],
  ] as const) {
    assert.ok(
      worstStep(
        'ELU',
        [
          ['int8', scale, 9],
          ['int8', to, -70],
        ],
        {},
        elu,
      ) < 0.501,
    );
  }
});

test('ELU of float32 is within a unit of the last place', () => {
  assert.ok(worstUlp('ELU', {}, elu) < 1);
  assert.deepEqual(
    applied('ELU', ['float32', 'float32'], {}, [-0, 3, Number.NEGATIVE_INFINITY]),
    [-0, 3, -1],
  );
});

test('ELU has no int16 form, as TFLM has none', () => {
  assert.deepEqual(codesOf(oneValueOp('ELU', ['int16', 1, 0], ['int16', 1, 0], {})), ['op-dtypes']);
});

function elu(x: number): number {
  return x < 0 ? Math.expm1(x) : x;
}
