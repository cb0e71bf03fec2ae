import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perTensor } from '../../src/graph/build.js';
import type { Quantization } from '../../src/graph/graph.js';
import { codesOf, type Operand, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

function padded(paddings: number[], value: Operand, shape = [2, 2]) {
  const pairs = { shape: [shape.length, 2], dtype: 'int32', data: Int32Array.from(paddings) } as const;
  return oneOp('PADV2', [{ shape }, pairs, value], {});
}

const nine: Operand = { shape: [], dtype: 'int8', data: Int8Array.of(9) };

test('PADV2 puts its value around the tensor', () => {
  assert.deepEqual(shapesOf(padded([1, 0, 0, 1], nine)), [[3, 3]]);
  assert.deepEqual(valuesOf(padded([1, 0, 0, 1], nine)), [[9, 9, 9, 0, 1, 9, 2, 3, 9]]);
  // A computed value: the helper's inputs count from 0.
  assert.deepEqual(valuesOf(padded([0, 0, 0, 1], { shape: [1] })), [[0, 1, 0, 2, 3, 0]]);
});

test('an int8 value has to share the scale and zero point of the output', () => {
  const graph = padded([1, 0, 0, 1], nine);
  const [a, b] = [perTensor(0.5, 3), perTensor(0.5, 4)];
  const quantized = (of: (name: string) => Quantization) =>
    codesOf({
      ...graph,
      tensors: graph.tensors.map((t) => (t.dtype === 'int8' ? { ...t, quantization: of(t.name) } : t)),
    });
  assert.deepEqual(
    quantized(() => a),
    [],
  );
  assert.deepEqual(
    quantized((name) => (name === 'x2' ? b : a)),
    ['quantization'],
  );
});

test('each problem of a PADV2 has its own words', () => {
  assert.deepEqual(codesOf(padded([-1, 0, 0, 1], nine)), ['op-range']);
  assert.deepEqual(codesOf(padded([1, 0], nine)), ['malformed-graph']);
  assert.deepEqual(codesOf(padded([1, 0, 0, 1], { shape: [2] })), ['op-shape']);
  assert.deepEqual(codesOf(padded([1, 0, 0, 1], { shape: [], dtype: 'int16' })), ['op-shape']);
});
