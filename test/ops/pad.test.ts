import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { padGraph } from '../property/arbitraries/reduce.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

test('PAD: the emitted C equals the simulator', () => checkProperty(padGraph, { runs: 250 }));

test('PAD of int8 without a scale pads with 0, as TFLM does', async () => {
  const builder = graphBuilder('pad');
  const x = builder.input('x', { dtype: 'int8', shape: [2] });
  const by = builder.constant('by', { dtype: 'int32', shape: [1, 2], data: Int32Array.of(1, 2) });
  const graph = builder.build(builder.op('PAD', 'y', [x, by], {}, { dtype: 'int8', shape: [5] }));
  assert.deepEqual(checkGraph(graph), []);
  const simulator = createSimulator(graph);
  simulator.setInputs(Uint8Array.of(0x80, 7));
  simulator.run();
  assert.deepEqual([...simulator.outputs()], [0, 0x80, 7, 0, 0]);
  await proveGraphs([graph]);
});
