import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import type { PoolType } from '../../src/ops/pooling.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

test('AVERAGE_POOL_2D: the emitted C equals the simulator', () =>
  checkProperty(poolGraph('AVERAGE_POOL_2D'), { runs: 250 }));

const plain = { dtype: 'int8', shape: [1, 2, 2, 1] } as const;

function whole(type: PoolType, activation: FusedActivation, input: TensorSpec = plain): Graph {
  const builder = graphBuilder('pool');
  const attributes = {
    padding: 'VALID',
    stride: { height: 1, width: 1 },
    filter: { height: 2, width: 2 },
    activation,
  } as const;
  const y = { dtype: 'int8', shape: [1, 1, 1, 1] } as const;
  return builder.build(builder.op(type, 'y', [builder.input('x', input)], attributes, y));
}

test('pooling takes int8 without scales as they are, as TFLM does', async () => {
  const graphs = [whole('AVERAGE_POOL_2D', 'NONE'), whole('MAX_POOL_2D', 'NONE')];
  const outputs = graphs.map((graph) => {
    assert.deepEqual(checkGraph(graph), []);
    const simulator = createSimulator(graph);
    simulator.setInputs(new Uint8Array(Int8Array.of(-128, 7, -3, 2).buffer));
    simulator.run();
    return new Int8Array(simulator.outputs().buffer)[0];
  });
  // −122 / 4 = −30.5, ties away from zero.
  assert.deepEqual(outputs, [-31, 7]);
  await proveGraphs(graphs);
});

test('pooling refuses a scale on one side only, and an activation without scales', () => {
  const messages = (graph: Graph) => checkGraph(graph).map((d) => d.message);
  const oneSided = whole('MAX_POOL_2D', 'NONE', { ...plain, quantization: perTensor(0.5, 0) });
  assert.deepEqual(messages(oneSided), ['its output "y" has no scale and zero point']);
  assert.deepEqual(messages(whole('MAX_POOL_2D', 'RELU')), [
    'its input "x" has no scale and zero point',
    'its output "y" has no scale and zero point',
  ]);
});
