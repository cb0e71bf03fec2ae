import assert from 'node:assert/strict';
import { test } from 'node:test';

import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder } from '../../src/graph/build.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { checkProperty } from '../property/harness.js';
import { codesOf } from '../support/one_op.js';

test('L2_POOL_2D: the emitted C equals the simulator', () =>
  checkProperty(poolGraph('L2_POOL_2D'), { runs: 60 }));

function whole(dtype: 'float32' | 'int8') {
  const builder = graphBuilder('pool');
  const attributes = {
    padding: 'SAME',
    stride: { height: 2, width: 2 },
    filter: { height: 2, width: 2 },
    activation: 'RELU6',
  } as const;
  const input = builder.input('x', { dtype, shape: [1, 2, 3, 1] });
  return builder.build(builder.op('L2_POOL_2D', 'y', [input], attributes, { dtype, shape: [1, 1, 2, 1] }));
}

test('L2_POOL_2D is the root mean square of what lies inside the image', () => {
  const graph = importModel(exportTflite(whole('float32')), { name: 'pool' });
  const simulator = createSimulator(graph);
  (simulator.memory[graph.inputs[0]!] as Float32Array).set([1, -3, 5, 5, 1, 12]);
  simulator.run();
  assert.deepEqual([...(simulator.memory[graph.outputs[0]!] as Float32Array)], [3, 6]);
});

test('L2_POOL_2D of int8 is refused', () => {
  assert.ok(codesOf(whole('int8')).includes('op-dtypes'));
});
