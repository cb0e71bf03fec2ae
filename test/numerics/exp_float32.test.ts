import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expFloat32 } from '../../src/numerics/exp_float32.js';

test('exp in float32 is within 3e-7 of exp, and within the smallest float32 where it underflows', () => {
  for (let i = 0; i <= 200000; i++) {
    const x = Math.fround(-104 * (i / 200000) ** 2);
    const exact = Math.exp(x);
    const error = Math.abs(expFloat32(x) - exact);
    assert.ok(error <= 3e-7 * exact + 2 ** -149, `exp(${x}) is off by ${error}`);
  }
});

test('exp of 0, −∞ and NaN', () => {
  assert.equal(expFloat32(0), 1);
  assert.equal(expFloat32(Number.NEGATIVE_INFINITY), 0);
  assert.ok(Number.isNaN(expFloat32(Number.NaN)));
});
