import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount } from '../../src/graph/access.js';
import { perChannel, perTensor } from '../../src/graph/build.js';
import type { DType, Graph, Quantization, Shape } from '../../src/graph/graph.js';
import { embeddingLookupGraph } from '../property/arbitraries/indexed.js';
import { checkProperty } from '../property/harness.js';
import { randomActivation, randomData } from '../property/random.js';
import { codesOf, type Operand, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

interface Lookup {
  readonly numbers: Operand;
  readonly table: Shape;
  readonly dtype?: DType;
  readonly output?: DType;
  readonly quantization?: Quantization;
}

/** Shape and dtype of the output are what they ought to be with a sound table. */
function lookedUp({ numbers, table, dtype = 'float32', output = dtype, quantization }: Lookup): Graph {
  const values = { shape: table, dtype, ...(quantization && { quantization }) };
  return oneOp('EMBEDDING_LOOKUP', [numbers, values], {}, { dtype: output });
}

test('EMBEDDING_LOOKUP gives rows by their numbers', () => {
  const graph = lookedUp({ numbers: [2, 0, 2], table: [3, 1, 2] });
  assert.deepEqual(shapesOf(graph), [[3, 1, 2]]);
  assert.deepEqual(valuesOf(graph), [[4, 5, 0, 1, 4, 5]]);
});

test('rows of int8 stay as they are, or become real numbers', () => {
  const int8 = { numbers: [1], table: [2, 3], dtype: 'int8' } as const;
  assert.deepEqual(valuesOf(lookedUp(int8)), [[3, 4, 5]]);
  const quantization = perTensor(0.1, 0);
  const real = [3, 4, 5].map((q) => Math.fround(Math.fround(0.1) * q));
  assert.deepEqual(valuesOf(lookedUp({ ...int8, output: 'float32', quantization })), [real]);
});

test('a computed number beyond the table stands for the nearest', () => {
  // Numbers count from 0 to 3.
  const graph = lookedUp({ numbers: { shape: [4], dtype: 'int32' }, table: [2, 1] });
  assert.deepEqual(valuesOf(graph), [[0, 1, 1, 1]]);
});

test('each problem of an EMBEDDING_LOOKUP has its own words', () => {
  const of = (changes: Partial<Lookup>) => codesOf(lookedUp({ numbers: [1], table: [2, 3], ...changes }));
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ numbers: [2] }), ['op-range']);
  assert.deepEqual(of({ numbers: [-1] }), ['op-range']);
  assert.deepEqual(of({ table: [2] }), ['op-shape']);
  assert.deepEqual(of({ numbers: 1 }), ['op-shape']);
  const empty = { shape: [0, 3], dtype: 'float32', data: new Float32Array(0) } as const;
  const rows = { shape: [1], dtype: 'int32' } as const;
  assert.deepEqual(codesOf(oneOp('EMBEDDING_LOOKUP', [rows, empty], {}, { dtype: 'float32' })), ['op-shape']);
  assert.deepEqual(of({ dtype: 'int16' }), ['op-dtypes']);
  assert.deepEqual(of({ output: 'int8' }), ['op-dtypes']);
  assert.deepEqual(of({ numbers: { shape: [1], dtype: 'int64' } }), ['op-dtypes']);
  const hybrid = { dtype: 'int8', output: 'float32' } as const;
  assert.deepEqual(of(hybrid), ['quantization']);
  assert.deepEqual(of({ ...hybrid, quantization: perTensor(1, 1) }), ['quantization']);
  // TFLM takes the first of several scales for all rows.
  assert.deepEqual(of({ ...hybrid, quantization: perChannel(Float32Array.of(1, 2), 0) }), ['quantization']);
});

test('random EMBEDDING_LOOKUP in C is the simulator’s', async () => {
  await checkProperty(embeddingLookupGraph, {
    runs: 50,
    activation: (tensor, sample, rng) =>
      tensor.dtype === 'int32'
        ? randomData('int32', elementCount(tensor.shape), rng, -2, 6)
        : randomActivation(tensor, sample, rng),
  });
});
