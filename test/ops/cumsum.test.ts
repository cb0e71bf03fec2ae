import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perTensor } from '../../src/graph/build.js';
import type { DType, Quantization, Shape } from '../../src/graph/graph.js';
import { cumsumGraph, withParameters } from '../property/arbitraries/sums.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, type Operand, oneOp, valuesOf } from '../support/one_op.js';

interface Sums {
  readonly shape: Shape;
  readonly axis: Operand;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
  readonly dtype?: DType;
  readonly input?: Quantization | undefined;
  readonly output?: Quantization | undefined;
}

function sums({ shape, axis, exclusive = false, reverse = false, dtype = 'float32', ...parameters }: Sums) {
  const { input, output = input } = parameters;
  const graph = oneOp('CUMSUM', [{ shape, dtype }, axis], { exclusive, reverse });
  return withParameters(graph, shape, input, output);
}

test('CUMSUM adds up along any axis, from either end, with a value or without', () => {
  const of = (options: Omit<Sums, 'shape'>) => valuesOf(sums({ shape: [2, 3], ...options }))[0];
  assert.deepEqual(of({ axis: 1 }), [0, 1, 3, 3, 7, 12]);
  assert.deepEqual(of({ axis: -2 }), [0, 1, 2, 3, 5, 7]);
  assert.deepEqual(of({ axis: 1, exclusive: true }), [0, 0, 1, 0, 3, 7]);
  assert.deepEqual(of({ axis: [1], reverse: true }), [3, 3, 2, 12, 9, 5]);
  assert.deepEqual(of({ axis: 0, reverse: true, exclusive: true }), [3, 4, 5, 0, 0, 0]);
});

test('CUMSUM of int8 begins with −(zero point), as TFLM’s kernel does', () => {
  // 0 … 3 mean −1 … 2: −1 and −1, −1, 0, 2 more.
  const int8 = {
    shape: [4],
    axis: 0,
    dtype: 'int8',
    input: perTensor(1, 1),
    output: perTensor(1, 0),
  } as const;
  assert.deepEqual(valuesOf(sums(int8)), [[-2, -2, -1, 1]]);
  assert.deepEqual(valuesOf(sums({ ...int8, exclusive: true })), [[-1, -2, -2, -1]]);
  // Halves away from 0.
  assert.deepEqual(valuesOf(sums({ ...int8, output: perTensor(2, 0) })), [[-1, -1, -1, 1]]);
  assert.deepEqual(valuesOf(sums({ ...int8, output: perTensor(0.001, 0) })), [[-128, -128, -128, 127]]);
});

test('each problem of a CUMSUM has its own words', () => {
  const of = (changes: Partial<Sums>) => codesOf(sums({ shape: [2, 3], axis: 1, ...changes }));
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ axis: 2 }), ['op-range']);
  assert.deepEqual(of({ axis: [0, 1] }), ['op-shape']);
  assert.deepEqual(of({ axis: { shape: [], dtype: 'int32' } }), ['not-constant']);
  assert.deepEqual(of({ axis: { shape: [], dtype: 'int64', data: BigInt64Array.of(1n) } }), ['op-dtypes']);
  assert.deepEqual(of({ shape: [], axis: 0 }), ['op-range']);
  assert.deepEqual(of({ dtype: 'int32' }), ['op-dtypes']);
  assert.deepEqual(of({ dtype: 'int8' }), ['quantization', 'quantization']);
});

// Sums of more than fifteen values may wrap.
test('random CUMSUM in C is the simulator’s', () => checkProperty(cumsumGraph(20), { runs: 60 }));
