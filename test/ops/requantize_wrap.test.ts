/**
 * A sum requantized to within 128 of −2^31 leaves 32 bits when a negative output zero point is added. C++ leaves
 * that undefined; TFLM as GCC builds it wraps, to the other end of the output's range.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphBuilder, graphBuilder, perChannel, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';

/** Their product is 1 − 2^−30: the multiplier 2^31 − 2. */
const [below, above] = [1 - 2 ** -15, 1 + 2 ** -15];
const output = { dtype: 'int8', quantization: perTensor(1, -128) } as const;
const input = { dtype: 'int8', quantization: perTensor(below, 0) } as const;

/** Two outputs that sum to their biases of −2^28 and −2^28 + 16, scaled by 8. */
function weightedInputs(builder: GraphBuilder, shape: readonly number[], axis: number): number[] {
  const scales = new Float32Array(2).fill(8 * above);
  const data = Int8Array.of(1, 1);
  return [
    builder.constant('w', { dtype: 'int8', shape, data, quantization: perChannel(scales, axis) }),
    builder.constant('b', {
      dtype: 'int32',
      shape: [2],
      data: Int32Array.of(-(2 ** 28), -(2 ** 28) + 16),
      quantization: perChannel(scales, 0),
    }),
  ];
}

const one = { height: 1, width: 1 } as const;
const window = { padding: 'VALID', stride: one, dilation: one, activation: 'NONE' } as const;

const graphs: Readonly<Record<string, () => Graph>> = {
  CONV_2D: () => {
    const builder = graphBuilder('conv');
    const x = builder.input('x', { ...input, shape: [1, 1, 1, 1] });
    const inputs = [x, ...weightedInputs(builder, [2, 1, 1, 1], 0)];
    return builder.build(builder.op('CONV_2D', 'y', inputs, window, { ...output, shape: [1, 1, 1, 2] }));
  },
  DEPTHWISE_CONV_2D: () => {
    const builder = graphBuilder('depthwise');
    const x = builder.input('x', { ...input, shape: [1, 1, 1, 1] });
    const inputs = [x, ...weightedInputs(builder, [1, 1, 1, 2], 3)];
    const attributes = { ...window, depthMultiplier: 2 };
    const y = { ...output, shape: [1, 1, 1, 2] };
    return builder.build(builder.op('DEPTHWISE_CONV_2D', 'y', inputs, attributes, y));
  },
  FULLY_CONNECTED: () => {
    const builder = graphBuilder('dense');
    const x = builder.input('x', { ...input, shape: [1, 1] });
    const inputs = [x, ...weightedInputs(builder, [2, 1], 0)];
    const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
    return builder.build(
      builder.op('FULLY_CONNECTED', 'y', inputs, attributes, { ...output, shape: [1, 2] }),
    );
  },
  // −64 · 128 and −64 · 127, scaled by 2^18.
  MUL: () => {
    const builder = graphBuilder('mul');
    const x = builder.input('x', { ...input, shape: [1], quantization: perTensor(below, 64) });
    const b = builder.constant('b', {
      dtype: 'int8',
      shape: [2],
      data: Int8Array.of(127, 126),
      quantization: perTensor(2 ** 18 * above, -1),
    });
    return builder.build(builder.op('MUL', 'y', [x, b], { activation: 'NONE' }, { ...output, shape: [2] }));
  },
};

for (const [type, make] of Object.entries(graphs)) {
  test(`${type}: the sum with the output zero point wraps`, () => {
    const graph = make();
    assert.deepEqual(checkGraph(graph), []);
    const simulator = createSimulator(graph);
    simulator.setInputs(Uint8Array.of(0));
    simulator.run();
    assert.deepEqual([...new Int8Array(simulator.outputs().buffer)], [127, -128]);
  });
}

test('the emitted C wraps alike, without undefined behaviour', () =>
  proveGraphs(
    Object.values(graphs).map((make) => make()),
    { activation: () => Int8Array.of(0) },
  ));
