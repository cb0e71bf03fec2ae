import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perTensor } from '../../src/graph/build.js';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

const attributes = { keepDims: false };

test('SUM of float32 over several axes, negative ones and repeats among them', () => {
  const graph = oneOp('SUM', [{ shape: [2, 2, 3], dtype: 'float32' }, [0, -1, 2]], attributes);
  assert.deepEqual(shapesOf(graph), [[2]]);
  assert.deepEqual(valuesOf(graph), [[0 + 1 + 2 + 6 + 7 + 8, 3 + 4 + 5 + 9 + 10 + 11]]);
});

test('SUM of int8 is rescaled once and saturates', () => {
  const graph = oneOp('SUM', [{ shape: [4] }, [0]], { keepDims: true });
  const quantized = (scale: number, zeroPoint: number) => ({
    ...graph,
    tensors: graph.tensors.map((t, i) => {
      if (t.dtype !== 'int8') return t;
      return {
        ...t,
        shape: i === 0 ? [4] : [1],
        quantization: i === 0 ? perTensor(1, 2) : perTensor(scale, zeroPoint),
      };
    }),
  });
  // (0 + 1 + 2 + 3) − 4 · 2 = −2
  assert.deepEqual(valuesOf(quantized(1, 10)), [[8]]);
  assert.deepEqual(valuesOf(quantized(4, 10)), [[9]]);
  assert.deepEqual(valuesOf(quantized(0.001, 10)), [[-128]]);
});

test('SUM needs axes within its shape, known when the model is compiled', () => {
  const input = { shape: [4], dtype: 'float32' } as const;
  assert.deepEqual(codesOf(oneOp('SUM', [input, [1]], attributes)), ['op-range']);
  assert.deepEqual(codesOf(oneOp('SUM', [input, { shape: [1], dtype: 'int32' }], attributes)), [
    'not-constant',
  ]);
});
