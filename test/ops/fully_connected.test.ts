import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perChannel, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Quantization, Shape } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

test('FULLY_CONNECTED: the emitted C equals the simulator', () =>
  checkProperty(fullyConnectedGraph, { runs: 250 }));

interface Shapes {
  readonly input: Shape;
  readonly output: Shape;
  readonly keepNumDims?: boolean;
  readonly weights?: Shape;
  readonly scales?: Quantization;
}

/** Weights 1 … 8 as two rows of four. */
function twoOutputs({ input, output, keepNumDims = false, weights = [2, 4], scales }: Shapes): Graph {
  const builder = graphBuilder('fully_connected');
  const x = builder.input('x', { dtype: 'int8', shape: input, quantization: perTensor(0.5, 3) });
  const w = builder.constant('w', {
    dtype: 'int8',
    shape: weights,
    data: Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    quantization: scales ?? perTensor(0.25, 0),
  });
  const attributes = { activation: 'NONE', keepNumDims, weightsFormat: 'DEFAULT' } as const;
  const y = { dtype: 'int8', shape: output, quantization: perTensor(1, -1) } as const;
  return builder.build(builder.op('FULLY_CONNECTED', 'y', [x, w], attributes, y));
}

function outputsFor(graph: Graph, values: readonly number[]): number[] {
  assert.deepEqual(checkGraph(graph), []);
  const simulator = createSimulator(graph);
  simulator.setInputs(new Uint8Array(Int8Array.from(values).buffer));
  simulator.run();
  return [...new Int8Array(simulator.outputs().buffer)];
}

test('FULLY_CONNECTED takes rows however input and output group them, as TFLM does', async () => {
  const groupings: readonly Shapes[] = [
    { input: [2, 4], output: [2, 2] },
    { input: [2, 4], output: [1, 1, 2, 2] },
    { input: [8], output: [2, 2] },
    { input: [2, 1, 4], output: [2, 2], keepNumDims: true },
    { input: [2, 1, 4], output: [2, 1, 2] },
    { input: [2, 2, 2], output: [2, 1, 2], keepNumDims: true },
  ];
  const values = [10, -7, 30, 4, -100, 127, 0, 3];
  for (const shapes of groupings) {
    assert.deepEqual(outputsFor(twoOutputs(shapes), values), [8, 21, 16, 25], JSON.stringify(shapes));
  }
  await proveGraphs(groupings.map(twoOutputs));
  const [problem] = checkGraph(twoOutputs({ input: [2, 4], output: [4, 1] }));
  assert.match(problem!.message, /declared \[4, 1\], but its inputs give \[2, 2\]/);
});

test('FULLY_CONNECTED takes weights with leading ones and a scale for each output', () => {
  const scales = perChannel(Float32Array.of(0.25, 0.5), 2);
  const graph = twoOutputs({ input: [1, 4], output: [1, 2], weights: [1, 1, 2, 4], scales });
  assert.deepEqual(outputsFor(graph, [10, -7, 30, 4]), [8, 42]);
  const [problem] = checkGraph(
    twoOutputs({ input: [1, 4], output: [1, 2], scales: perChannel(new Float32Array(4).fill(0.25), 1) }),
  );
  assert.match(problem!.message, /4 scales along axis 1, not 1, nor 2 along axis 0/);
});
