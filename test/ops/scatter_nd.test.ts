import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { elementCount } from '../../src/graph/access.js';
import type { DType, Graph, Shape } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { checkProperty } from '../property/harness.js';
import { random, randomActivation } from '../property/random.js';
import { codesOf, oneOp, shapesOf } from '../support/one_op.js';

interface Scattered {
  readonly shape: readonly number[];
  readonly indices: Shape;
  readonly updates: Shape;
  readonly dtype?: DType;
  /** Computed unless given. */
  readonly places?: readonly number[];
}

function scattered({ shape, indices, updates, dtype = 'float32', places }: Scattered): Graph {
  const operand = {
    shape: indices,
    dtype: 'int32',
    ...(places && { data: Int32Array.from(places) }),
  } as const;
  return oneOp('SCATTER_ND', [operand, { shape: updates, dtype }, shape as number[]], {}, { dtype });
}

function answer(graph: Graph, updates: readonly number[], places?: readonly number[]) {
  const simulator = createSimulator(graph);
  if (places) (simulator.memory[0] as Int32Array).set(places);
  (simulator.memory[1] as Float32Array).set(updates);
  simulator.run();
  return Array.from(simulator.memory[3] as Float32Array);
}

test('SCATTER_ND adds slices where they belong into zeros', () => {
  const rows = scattered({ shape: [3, 2], indices: [2, 1], updates: [2, 2], places: [2, 0] });
  assert.deepEqual(shapesOf(rows), [[3, 2]]);
  assert.deepEqual(answer(rows, [1, 2, 3, 4]), [3, 4, 0, 0, 1, 2]);
  const same = scattered({ shape: [2, 2], indices: [3, 2], updates: [3], places: [0, 1, 1, 0, 0, 1] });
  assert.deepEqual(answer(same, [1, 2, 4]), [0, 5, 2, 0]);
});

test('sums of int8 wrap, as raw values', () => {
  const graph = scattered({ shape: [2], indices: [2, 1], updates: [2], places: [1, 1], dtype: 'int8' });
  assert.deepEqual(answer(graph, [100, 100]), [0, -56]);
});

test('a slice whose computed coordinates lead out of the tensor is left out', () => {
  const graph = scattered({ shape: [2, 2], indices: [3, 2], updates: [3] });
  assert.deepEqual(answer(graph, [1, 2, 3], [0, 2, -1, 0, 1, 1]), [0, 0, 0, 3]);
});

test('each problem of a SCATTER_ND has its own words', () => {
  const of = (changes: Partial<Scattered>) =>
    codesOf(scattered({ shape: [3, 2], indices: [1, 1], updates: [1, 2], places: [0], ...changes }));
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ places: [3] }), ['op-range']);
  assert.deepEqual(of({ updates: [1, 3] }), ['op-shape']);
  assert.deepEqual(of({ indices: [1, 3], places: [0, 0, 0] }), ['op-shape']);
  assert.deepEqual(of({ shape: [0, 2] }), ['op-range']);
  assert.deepEqual(of({ dtype: 'int16' }), ['op-dtypes']);
});

test('random SCATTER_ND in C is the simulator’s', async () => {
  const graphs = fc
    .record({
      dtype: fc.constantFrom<DType>('int8', 'uint8', 'int32', 'float32'),
      shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      slices: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      coordinates: fc.integer({ min: 1, max: 4 }),
      constant: fc.option(fc.integer(), { freq: 2 }),
    })
    .map(({ dtype, shape, slices, coordinates, constant }) => {
      const n = Math.min(coordinates, shape.length);
      const indices = [...slices, n];
      const rng = random(constant ?? 0);
      const places = Array.from({ length: elementCount(indices) }, (_, i) => rng.int(0, shape[i % n]! - 1));
      const updates = [...slices, ...shape.slice(n)];
      return scattered({ shape, indices, updates, dtype, ...(constant !== null && { places }) });
    });
  await checkProperty(graphs, {
    runs: 60,
    activation: (tensor, sample, rng) =>
      tensor.name === 'x0'
        ? Int32Array.from({ length: elementCount(tensor.shape) }, () => rng.int(-2, 5))
        : randomActivation(tensor, sample, rng),
  });
});
