import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulator } from '../../src/simulator/simulator.js';
import { codesOf, oneOp, shapesOf } from '../support/one_op.js';

function places(values: readonly number[]): number[] {
  const operands = [{ shape: [2, values.length / 2], dtype: 'float32' }, -1] as const;
  const graph = oneOp('ARG_MIN', operands, {}, { dtype: 'int32' });
  assert.deepEqual(shapesOf(graph), [[2]]);
  const simulator = createSimulator(graph);
  (simulator.memory[0] as Float32Array).set(values);
  simulator.run();
  return [...(simulator.memory[2] as Int32Array)];
}

test('ARG_MIN gives the first of equal values', () => {
  assert.deepEqual(places([1, -3, -3, 0, 1, 2, 1, 1]), [1, 0]);
});

test('ARG_MIN passes over what is no number, but not at its first place', () => {
  const x = Number.NaN;
  assert.deepEqual(places([2, x, 1, x, 2, 1]), [2, 0]);
});

test('ARG_MIN needs an axis of its input', () => {
  const input = { shape: [2, 3], dtype: 'float32' } as const;
  assert.deepEqual(codesOf(oneOp('ARG_MIN', [input, 2], {}, { dtype: 'int32' })), ['op-range']);
});
