import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulator } from '../../src/simulator/simulator.js';
import { oneOp } from '../support/one_op.js';

test('REDUCE_ALL is true where all values are, and where there are none to reduce', () => {
  const all = (axes: readonly number[]) => {
    const graph = oneOp('REDUCE_ALL', [{ shape: [2, 2], dtype: 'bool' }, axes], { keepDims: true });
    const simulator = createSimulator({
      ...graph,
      tensors: graph.tensors.map((t, i) =>
        i < 2 ? t : { ...t, shape: axes.length === 0 ? [2, 2] : [2, 1] },
      ),
    });
    (simulator.memory[0] as Uint8Array).set([1, 1, 1, 0]);
    simulator.run();
    return [...(simulator.memory[2] as Uint8Array)];
  };
  assert.deepEqual(all([1]), [1, 0]);
  assert.deepEqual(all([]), [1, 1, 1, 0]);
});
