import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { DType, Graph, TensorData } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { codesOf } from '../support/one_op.js';

const spec = (shape: number[], dtype: DType, scale = 0.5, zeroPoint = 0): TensorSpec => {
  return dtype === 'float32' ? { shape, dtype } : { shape, dtype, quantization: perTensor(scale, zeroPoint) };
};

function graphOf(input: TensorSpec, alpha: TensorSpec & { data: TensorData }, output: TensorSpec) {
  const builder = graphBuilder('prelu');
  const operands = [builder.input('x', input), builder.constant('alpha', alpha)];
  return builder.build(builder.op('PRELU', 'y', operands, {}, output));
}

function outputsOf(graph: Graph, values: number[]) {
  const simulator = createSimulator(graph);
  (simulator.memory[0] as Float32Array).set(values);
  simulator.run();
  return [...(simulator.memory[2] as Float32Array)];
}

test('PRELU takes the slope of its channel below 0', () => {
  const alpha = { ...spec([3], 'float32'), data: Float32Array.of(0.5, -1, 0) };
  const graph = graphOf(spec([2, 3], 'float32'), alpha, spec([2, 3], 'float32'));
  assert.deepEqual(outputsOf(graph, [-2, -2, -2, 1, 2, 3]), [-1, 2, -0, 1, 2, 3]);
});

test('quantized, either side is requantized once', () => {
  // Slopes 0.5, -1 and 0 at steps of 0.25 from 2.
  const data = Int8Array.of(4, -2, 2);
  for (const dtype of ['int8', 'int16'] as const) {
    const alpha = { ...spec([3], 'int8', 0.25, 2), data };
    const graph = graphOf(spec([2, 3], dtype, 0.5, 10), alpha, spec([2, 3], dtype, 1, -5));
    assert.deepEqual(outputsOf(graph, [6, 6, 6, 12, 13, 110]), [-6, -3, -5, -4, -3, 45]);
  }
});

test('PRELU refuses slopes of another type, shapes that do not fit, and scales beyond 2^30', () => {
  const alpha = { ...spec([3], 'int8'), data: new Int8Array(3) };
  const codes = (dtype: DType, last: object = {}, shape = [2, 3]) =>
    codesOf(graphOf(spec([2, 3], dtype), { ...alpha, ...last }, spec(shape, dtype)));
  assert.deepEqual(codes('int8'), []);
  assert.deepEqual(codes('int16'), []);
  assert.deepEqual(codes('float32'), ['op-dtypes']);
  assert.deepEqual(codes('int16', { dtype: 'int16', data: new Int16Array(3) }), ['op-dtypes']);
  assert.deepEqual(codes('int8', {}, [2, 4]), ['op-shape']);
  assert.deepEqual(codes('int8', { quantization: perTensor(2 ** 31, 0) }), ['quantization']);
  assert.deepEqual(codes('int8', { quantization: undefined }), ['quantization']);
});
