import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perTensor } from '../../src/graph/build.js';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const dealt = (shape: number[], block: number[], paddings: number[]) => {
  const pairs = { shape: [block.length, 2], dtype: 'int32', data: Int32Array.from(paddings) } as const;
  return oneOp('SPACE_TO_BATCH_ND', [{ shape }, block, pairs], {});
};

test('SPACE_TO_BATCH_ND gives each place in a block an image of its own', () => {
  assert.deepEqual(shapesOf(dealt([1, 2, 4, 1], [2, 2], [0, 0, 0, 0])), [[4, 1, 2, 1]]);
  assert.deepEqual(valuesOf(dealt([1, 2, 4, 1], [2, 2], [0, 0, 0, 0])), [[0, 2, 1, 3, 4, 6, 5, 7]]);
  // The images of all first pixels come before those of all second ones.
  assert.deepEqual(valuesOf(dealt([2, 2, 1], [2], [0, 0])), [[0, 2, 1, 3]]);
});

test('SPACE_TO_BATCH_ND pads with 0 as it stands', () => {
  const graph = dealt([1, 3, 1], [2], [1, 2]);
  assert.deepEqual(shapesOf(graph), [[2, 3, 1]]);
  assert.deepEqual(valuesOf(graph), [[0, 1, 0, 0, 2, 0]]);
  const quantized = perTensor(0.5, -7);
  const tensors = graph.tensors.map((t) => (t.dtype === 'int8' ? { ...t, quantization: quantized } : t));
  assert.deepEqual(valuesOf({ ...graph, tensors }), [[0, 1, 0, 0, 2, 0]]);
});

test('each problem of a SPACE_TO_BATCH_ND has its own words', () => {
  assert.deepEqual(codesOf(dealt([1, 3, 1], [2], [0, 0])), ['op-range']);
  assert.deepEqual(codesOf(dealt([1, 3, 1], [0], [0, 0])), ['op-range']);
  assert.deepEqual(codesOf(dealt([1, 3, 1], [2], [-1, 2])), ['op-range']);
  assert.deepEqual(codesOf(dealt([1], [2], [0, 1])), ['op-shape']);
  const short = oneOp('SPACE_TO_BATCH_ND', [{ shape: [1, 2, 2, 1] }, [2, 2], [0, 0]], {});
  assert.deepEqual(codesOf(short), ['op-shape']);
});
