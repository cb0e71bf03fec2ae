import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perTensor } from '../../src/graph/build.js';
import type { DType, Graph, Quantization, Shape } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { addNGraph, withParameters } from '../property/arbitraries/sums.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, oneOp } from '../support/one_op.js';

interface Sum {
  readonly shapes: readonly Shape[];
  readonly dtype: DType;
  readonly input?: Quantization | undefined;
  readonly output?: Quantization | undefined;
}

function sum({ shapes, dtype, input, output = input }: Sum): Graph {
  const operands = shapes.map((shape) => ({ shape, dtype }));
  return withParameters(oneOp('ADD_N', operands, {}), shapes[0]!, input, output);
}

function answer(graph: Graph, inputs: readonly (readonly number[])[]): number[] {
  const simulator = createSimulator(graph);
  inputs.forEach((values, i) => {
    (simulator.memory[i] as Int8Array).set(values);
  });
  simulator.run();
  return Array.from(simulator.memory[inputs.length] as Int8Array);
}

test('ADD_N of float32 adds from left to right, beginning with 0', () => {
  const graph = sum({ shapes: [[3], [3], [3]], dtype: 'float32' });
  const big = 2 ** 24;
  assert.deepEqual(
    answer(graph, [
      [1, big, -0],
      [2, 1, -0],
      [4, 1, -0],
    ]),
    [7, big, 0],
  );
});

test('ADD_N of int8 begins with one −(zero point) too many, as TFLM’s kernel does', () => {
  const shapes = [[1], [1], [1]];
  const graph = sum({ shapes, dtype: 'int8', input: perTensor(0.5, 3), output: perTensor(1, -5) });
  // −3 + 7 + 17 − 10 = 11 halves: 5.5, away from 0, and −5.
  assert.deepEqual(answer(graph, [[10], [20], [-7]]), [1]);
});

test('more than fifteen values of int8 may leave 32 bits, and wrap', () => {
  const shapes = Array.from({ length: 16 }, () => [1]);
  const graph = sum({ shapes, dtype: 'int8', input: perTensor(1, -128) });
  // (128 + 16 · 255) · 2^19 > 2^31; of one value less the sum is clamped.
  assert.deepEqual(
    answer(
      graph,
      shapes.map(() => [127]),
    ),
    [-128],
  );
  assert.deepEqual(
    answer(
      graph,
      shapes.map((_, i) => [i === 0 ? -128 : 127]),
    ),
    [127],
  );
});

test('each problem of an ADD_N has its own words', () => {
  assert.deepEqual(codesOf(sum({ shapes: [[2]], dtype: 'float32' })), ['op-inputs']);
  assert.deepEqual(
    codesOf(
      sum({
        shapes: [
          [2, 1],
          [1, 2],
        ],
        dtype: 'float32',
      }),
    ),
    ['op-shape'],
  );
  const int8 = { shapes: [[2], [2]], dtype: 'int8', input: perTensor(1, 0) } as const;
  assert.deepEqual(codesOf(sum(int8)), []);
  assert.deepEqual(codesOf(sum({ ...int8, dtype: 'int16' })), ['op-dtypes']);
  // 2 / (2^20 · 2^−19) = 1
  assert.deepEqual(codesOf(sum({ ...int8, output: perTensor(2 ** -19, 0) })), ['quantization']);
  const graph = sum(int8);
  for (const other of [perTensor(1, 1), perTensor(2, 0)]) {
    const tensors = graph.tensors.map((t, i) => (i === 1 ? { ...t, quantization: other } : t));
    assert.deepEqual(codesOf({ ...graph, tensors }), ['quantization']);
  }
});

test('random ADD_N in C is the simulator’s', () => checkProperty(addNGraph(17), { runs: 50 }));
