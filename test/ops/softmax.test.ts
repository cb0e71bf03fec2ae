import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { Op, TensorData } from '../../src/graph/graph.js';
import { softmax } from '../../src/ops/softmax.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { softmaxGraph } from '../property/arbitraries/softmax.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

test('SOFTMAX: the emitted C equals the simulator', () => checkProperty(softmaxGraph, { runs: 250 }));

function graphOf(input: TensorSpec, output: TensorSpec, beta = 1) {
  const builder = graphBuilder('softmax');
  return builder.build(builder.op('SOFTMAX', 'y', [builder.input('x', input)], { beta }, output));
}

const int8 = (shape: number[], scale = 0.1): TensorSpec => {
  return { dtype: 'int8', shape, quantization: perTensor(scale, 0) };
};
const probabilities = (shape: number[]): TensorSpec => {
  return { dtype: 'int8', shape, quantization: perTensor(1 / 256, -128) };
};

test('where so many are equal that TFLM gives up, all are 0', async () => {
  const equal = (n: number) => graphOf(int8([n]), probabilities([n]));
  for (const [n, q] of [
    [1, 127],
    [4, -64],
    [256, -127],
    [600, -128],
  ] as const) {
    const simulator = createSimulator(equal(n));
    simulator.setInputs(new Uint8Array(n));
    simulator.run();
    assert.deepEqual([...simulator.outputs()], new Array(n).fill(q & 255), `${n} equal values`);
  }
  const zeros = (): TensorData => new Int8Array(600);
  await proveGraphs([equal(600)], { samples: 1, activation: zeros });
});

test('SOFTMAX refuses what TFLM refuses', () => {
  const problems = (input: TensorSpec, output: TensorSpec, beta = 1) => {
    const graph = graphOf(input, output, beta);
    return softmax.check(graph.ops[0] as Op<'SOFTMAX'>, graph).map((p) => p.code);
  };
  assert.deepEqual(problems(int8([2, 5]), probabilities([2, 5])), []);
  assert.deepEqual(problems(int8([2, 5]), int8([2, 5])), ['quantization']);
  assert.deepEqual(problems(int8([5], 1e-9), probabilities([5])), ['quantization']);
  assert.deepEqual(problems(int8([]), probabilities([])), ['op-shape']);
  assert.deepEqual(problems(int8([5000]), probabilities([5000])), ['op-range']);
  assert.deepEqual(problems(int8([5]), probabilities([5]), -1), ['op-attribute']);
  const int16 = (scale: number, zeroPoint: number): TensorSpec => {
    return { dtype: 'int16', shape: [5], quantization: perTensor(scale, zeroPoint) };
  };
  assert.deepEqual(problems(int16(0.001, 1), int16(1 / 32768, 0)), ['quantization']);
  assert.deepEqual(problems(int16(0.001, 0), int16(1 / 65536, 0)), ['quantization']);
  assert.deepEqual(problems(int16(0.001, 0), int16(1.0009 / 32768, 0)), []);
});
