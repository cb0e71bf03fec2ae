import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Quantization } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { codesOf } from '../support/one_op.js';

function reduce(dtype: 'int8' | 'float32', from?: Quantization, to = from) {
  const builder = graphBuilder('reduce');
  const inputs = [
    builder.input('x', { dtype, shape: [4], quantization: from }),
    builder.constant('axes', { dtype: 'int32', shape: [], data: Int32Array.of(0) }),
  ];
  const output = { dtype, shape: [], quantization: to };
  return builder.build(builder.op('REDUCE_MIN', 'y', inputs, { keepDims: false }, output));
}

function reduced(values: readonly number[]): number {
  const simulator = createSimulator(reduce('float32'));
  (simulator.memory[0] as Float32Array).set(values);
  simulator.run();
  return Number(simulator.memory[2]![0]);
}

test('REDUCE_MIN skips what is no number, and begins with a finite one', () => {
  assert.equal(reduced([Number.NaN, 5, -2, Number.NaN]), -2);
  assert.equal(reduced(new Array(4).fill(Number.POSITIVE_INFINITY)), 3.4028234663852886e38);
});

test('REDUCE_MIN does not rescale', () => {
  assert.deepEqual(codesOf(reduce('int8', perTensor(0.5, 3))), []);
  assert.deepEqual(codesOf(reduce('int8', perTensor(0.5, 3), perTensor(0.5, 4))), ['quantization']);
});
