import assert from 'node:assert/strict';
import { test } from 'node:test';

import { proveGraphs } from '../property/harness.js';
import { codesOf } from '../support/one_op.js';
import { applied, oneValueOp } from '../support/one_value.js';

const kinds = [
  ['bool', 1, 0],
  ['bool', 1, 0],
] as const;

test('LOGICAL_NOT', async () => {
  assert.deepEqual(applied('LOGICAL_NOT', kinds, {}, [0, 1, 1, 0]), [1, 0, 0, 1]);
  await proveGraphs([oneValueOp('LOGICAL_NOT', ...kinds, {}, 9)]);
});

test('LOGICAL_NOT of numbers is refused', () => {
  assert.deepEqual(codesOf(oneValueOp('LOGICAL_NOT', 'float32', 'float32', {})), ['op-dtypes']);
});
