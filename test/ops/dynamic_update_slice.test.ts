import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount } from '../../src/graph/access.js';
import type { DType, Graph, Shape } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { dynamicUpdateSliceGraph } from '../property/arbitraries/indexed.js';
import { checkProperty } from '../property/harness.js';
import { randomActivation, randomData } from '../property/random.js';
import { codesOf, oneOp } from '../support/one_op.js';

interface Update {
  readonly shape: Shape;
  readonly slice: Shape;
  readonly dtype?: DType;
  readonly begin?: DType;
  /** Axes of the place; the shape's unless given. */
  readonly axes?: number;
}

function updated({ shape, slice, dtype = 'float32', begin = 'int32', axes = shape.length }: Update): Graph {
  const operands = [
    { shape, dtype },
    { shape: slice, dtype },
    { shape: [axes], dtype: begin },
  ];
  return oneOp('DYNAMIC_UPDATE_SLICE', operands, {});
}

/** The operand counts from 0, the slice from 100. */
function answer(update: Update, begin: readonly number[]): number[] {
  const simulator = createSimulator(updated(update));
  const [operand, slice, place, output] = simulator.memory as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  operand.forEach((_, i) => {
    operand[i] = i;
  });
  slice.forEach((_, i) => {
    slice[i] = 100 + i;
  });
  begin.forEach((n, i) => {
    place[i] = (update.begin === 'int64' ? BigInt(n) : n) as number;
  });
  simulator.run();
  return Array.from(output);
}

test('DYNAMIC_UPDATE_SLICE replaces a slice, wherever it begins', () => {
  const update = { shape: [3, 3], slice: [2, 1] };
  assert.deepEqual(answer(update, [1, 2]), [0, 1, 2, 3, 4, 100, 6, 7, 101]);
  assert.deepEqual(answer({ ...update, begin: 'int64' }, [0, 0]), [100, 1, 2, 101, 4, 5, 6, 7, 8]);
});

test('a slice that would not lie inside is moved as far as it has to be', () => {
  const update = { shape: [3, 3], slice: [2, 1] };
  assert.deepEqual(answer(update, [2, -5]), [0, 1, 2, 100, 4, 5, 101, 7, 8]);
  assert.deepEqual(
    answer({ ...update, begin: 'int64' }, [-(2 ** 40), 2 ** 40]),
    [0, 1, 100, 3, 4, 101, 6, 7, 8],
  );
  assert.deepEqual(answer({ shape: [2], slice: [2] }, [1]), [100, 101]);
  assert.deepEqual(answer({ shape: [], slice: [] }, []), [100]);
});

test('each problem of a DYNAMIC_UPDATE_SLICE has its own words', () => {
  const of = (changes: Partial<Update>) => codesOf(updated({ shape: [3, 2], slice: [1, 2], ...changes }));
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ slice: [4, 1] }), ['op-shape']);
  assert.deepEqual(of({ slice: [2] }), ['op-shape']);
  assert.deepEqual(of({ axes: 1 }), ['op-shape']);
  assert.deepEqual(of({ begin: 'int16' }), ['op-dtypes']);
  assert.deepEqual(of({ dtype: 'uint8' }), ['op-dtypes']);
  const seven = new Array<number>(7).fill(1);
  assert.deepEqual(of({ shape: seven, slice: seven }), ['op-shape']);
});

test('random DYNAMIC_UPDATE_SLICE in C is the simulator’s, also with the output over the operand', async () => {
  await checkProperty(dynamicUpdateSliceGraph, {
    runs: 60,
    activation: (tensor, sample, rng) =>
      tensor.name === 'x2'
        ? randomData(tensor.dtype, elementCount(tensor.shape), rng, -2, 5)
        : randomActivation(tensor, sample, rng),
  });
});
