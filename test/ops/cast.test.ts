import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DType, TensorData } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { codesOf, oneOp } from '../support/one_op.js';

const types = ['int8', 'uint8', 'int16', 'int32', 'float32', 'bool'] as const;

const castOf = (from: DType, to: DType, count: number) =>
  oneOp('CAST', [{ shape: [count], dtype: from }], {}, { dtype: to });

function cast(from: DType, to: DType, values: TensorData): number[] {
  const graph = castOf(from, to, values.length);
  const simulator = createSimulator(graph);
  (simulator.memory[0] as Int8Array).set(values as Int8Array);
  simulator.run();
  return Array.from(simulator.memory[1]!, Number);
}

test('CAST: the emitted C equals the simulator', async () => {
  await proveGraphs(types.flatMap((from) => types.map((to) => castOf(from, to, 37))));
  const wild = Float32Array.from([Number.NaN, 1e20, -1e20, 2147483648, -2147483648, 127.9, -128.9, 255.5]);
  await proveGraphs(
    types.map((to) => castOf('float32', to, wild.length)),
    { activation: () => wild, samples: 1 },
  );
});

test('CAST drops the fraction of reals and the upper bits of integers', () => {
  assert.deepEqual(cast('float32', 'int8', Float32Array.of(1.9, -1.9, -0.5)), [1, -1, 0]);
  assert.deepEqual(cast('int32', 'int8', Int32Array.of(300, -129, 127)), [44, 127, 127]);
  assert.deepEqual(cast('int32', 'float32', Int32Array.of(16777217, -3)), [16777216, -3]);
  assert.deepEqual(cast('bool', 'float32', Uint8Array.of(0, 1)), [0, 1]);
  assert.deepEqual(cast('float32', 'bool', Float32Array.of(0, -0, 0.1)), [0, 0, 1]);
});

test('CAST of a real beyond the type gives its nearest value, of NaN 0', () => {
  const wild = Float32Array.of(1e20, -1e20, Number.NaN);
  assert.deepEqual(cast('float32', 'int8', wild), [127, -128, 0]);
  assert.deepEqual(cast('float32', 'uint8', wild), [255, 0, 0]);
  assert.deepEqual(cast('float32', 'int32', wild), [2147483647, -2147483648, 0]);
});

test('CAST of int64 is refused', () => {
  assert.deepEqual(codesOf(castOf('int64', 'int32', 2)), ['op-dtypes']);
});
