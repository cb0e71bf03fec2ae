import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkGraph } from '../../src/graph/check.js';
import type { DType, Graph, Shape } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { checkProperty } from '../property/harness.js';

function largest(shape: Shape, k: number, dtype: DType = 'float32', places: DType = 'int32'): Graph {
  const part = [...shape.slice(0, -1), k];
  return {
    name: 'largest',
    tensors: [
      { name: 'x', dtype, shape },
      { name: 'k', dtype: 'int32', shape: [], data: Int32Array.of(k) },
      { name: 'values', dtype, shape: part },
      { name: 'places', dtype: places, shape: part },
    ],
    ops: [{ type: 'TOPK_V2', name: 'values', inputs: [0, 1], outputs: [2, 3], attributes: {} }],
    inputs: [0],
    outputs: [2, 3],
  };
}

function answer(shape: Shape, k: number, values: readonly number[]) {
  const simulator = createSimulator(largest(shape, k));
  (simulator.memory[0] as Float32Array).set(values);
  simulator.run();
  return [2, 3].map((t) => Array.from(simulator.memory[t] as Float32Array));
}

const codes = (graph: Graph) => checkGraph(graph).map((d) => d.code);

test('TOPK_V2 gives the largest of each row from the largest down, and of equal ones the first', () => {
  assert.deepEqual(answer([2, 4], 2, [1, 4, 2, 4, -1, -3, -2, -1]), [
    [4, 4, -1, -1],
    [1, 3, 0, 3],
  ]);
  assert.deepEqual(answer([3], 3, [1, 2, 3]), [
    [3, 2, 1],
    [2, 1, 0],
  ]);
});

test('TOPK_V2 asks for as many values as there are at the most, and for places in int32', () => {
  assert.deepEqual(codes(largest([4], 4)), []);
  assert.deepEqual(codes(largest([4], 5)), ['op-range']);
  assert.deepEqual(codes(largest([4], 1, 'int8', 'int16')), ['op-dtypes']);
  assert.deepEqual(codes(largest([4], 1, 'bool')), ['op-dtypes']);
});

test('random TOPK_V2 in C is the simulator’s', async () => {
  const graphs = fc
    .record({
      dtype: fc.constantFrom<DType>('int8', 'uint8', 'int16', 'int32', 'float32'),
      shape: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ dtype, shape, part }) => largest(shape, Math.max(1, Math.round(part * shape.at(-1)!)), dtype));
  await checkProperty(graphs, { runs: 60 });
});
