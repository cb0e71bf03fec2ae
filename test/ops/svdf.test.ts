import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { svdfGraph } from '../property/arbitraries/svdf.js';
import { checkProperty } from '../property/harness.js';

test('SVDF: the emitted C equals the simulator, from sample to sample', () =>
  checkProperty(svdfGraph, { runs: 80, samples: 5 }));

/** One unit of rank 2 over two inputs, which remembers three steps. */
function graphOf(activation: 'NONE' | 'RELU' = 'NONE'): Graph {
  const b = graphBuilder('svdf');
  const constant = (name: string, shape: number[], ...data: number[]) =>
    b.constant(name, { dtype: 'float32', shape, data: Float32Array.from(data) });
  const operands = [
    b.input('x', { dtype: 'float32', shape: [1, 2] }),
    constant('feature', [2, 2], 1, 0, 0, 1),
    constant('time', [2, 3], 100, 10, 1, 3, 2, 1),
    constant('bias', [1], 0.5),
    b.state('state', { dtype: 'float32', shape: [1, 6] }),
  ];
  return b.build(b.op('SVDF', 'y', operands, { rank: 2, activation }, { dtype: 'float32', shape: [1, 1] }));
}

test('a filter weighs what it saw last, until reset', () => {
  const simulator = createSimulator(graphOf());
  const step = (...x: number[]) => {
    simulator.setInputs(new Uint8Array(Float32Array.from(x).buffer));
    simulator.run();
    return new Float32Array(simulator.outputs().buffer)[0];
  };
  const stream = () => [step(1, 0), step(2, 1), step(3, 0), step(0, 0)];
  const expected = [1.5, 13.5, 125.5, 233.5];
  assert.deepEqual(stream(), expected);
  assert.notDeepEqual(stream(), expected);
  simulator.reset();
  assert.deepEqual(stream(), expected);
});

test('the sum of a state and its zero point wraps, as TFLM stores it', () => {
  const b = graphBuilder('wraps');
  const q = (scale: number, zeroPoint: number) => ({ quantization: perTensor(scale, zeroPoint) });
  const operands = [
    b.input('x', { dtype: 'int8', shape: [1, 1], ...q(1, 0) }),
    b.constant('feature', { dtype: 'int8', shape: [1, 1], data: Int8Array.of(127), ...q(1, 0) }),
    b.constant('time', { dtype: 'int8', shape: [1, 1], data: Int8Array.of(1), ...q(1, 0) }),
    -1,
    b.state('state', { dtype: 'int8', shape: [1, 1], ...q(1, 100) }),
  ];
  const simulator = createSimulator(
    b.build(
      b.op(
        'SVDF',
        'y',
        operands,
        { rank: 1, activation: 'NONE' },
        { dtype: 'int8', shape: [1, 1], ...q(1, 0) },
      ),
    ),
  );
  simulator.setInputs(Uint8Array.of(127));
  simulator.run();
  // 127 + 100 is −29 in int8, which is −129 away from the zero point.
  assert.deepEqual([...new Int8Array(simulator.outputs().buffer)], [-128]);
});

test('SVDF: every reason against it is given', () => {
  const graph = graphOf();
  const tensors = graph.tensors.map((t) =>
    t.name === 'state' ? { ...t, initial: undefined, data: new Float32Array(6) } : t,
  );
  const problems = checkGraph({
    ...graph,
    tensors: tensors.map((t) => (t.name === 'time' ? { ...t, dtype: 'int8', data: new Int8Array(6) } : t)),
    ops: graph.ops.map((op) => ({ ...op, attributes: { rank: 2, activation: 'TANH' } })) as Graph['ops'],
  });
  assert.deepEqual(problems.map((p) => p.code).sort(), ['op-attribute', 'op-dtypes', 'op-state']);
  const rank = checkGraph({
    ...graph,
    ops: graph.ops.map((op) => ({ ...op, attributes: { rank: 3, activation: 'NONE' } })) as Graph['ops'],
  });
  assert.match(rank[0]!.message, /cannot split 2 filters by the rank 3/);
});
