import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { DType, TensorData } from '../../src/graph/graph.js';
import { supportedOps } from '../../src/report/supported_ops.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { random, randomData } from '../property/random.js';

const types = ['int8', 'uint8', 'bool'] as const;

function lookedUp(input: DType, output: DType, table: TensorData, count = 300) {
  const g = graphBuilder('looked_up');
  const x = g.input('x', { dtype: input, shape: [3, count / 3] });
  const t = g.constant('table', { dtype: output, shape: [table.length], data: table });
  return g.build(g.op('LOOKUP_TABLE', 'y', [x, t], {}, { dtype: output, shape: [3, count / 3] }));
}

const graphs = types.flatMap((input, i) =>
  types.map((output, j) => lookedUp(input, output, randomData(output, 256, random(3 * i + j)))),
);

test('LOOKUP_TABLE: the emitted C equals the simulator, also in place', () =>
  proveGraphs(graphs, { alignment: 1 }));

test('LOOKUP_TABLE reads by bits', () => {
  const graph = lookedUp(
    'int8',
    'uint8',
    Uint8Array.from({ length: 256 }, (_, i) => i),
    3,
  );
  const simulator = createSimulator(graph);
  simulator.setInputs(Uint8Array.of(0, 127, 200));
  simulator.run();
  assert.deepEqual([...simulator.outputs()], [0, 127, 200]);
});

test('LOOKUP_TABLE refuses tables of another size or type', () => {
  const codes = (table: TensorData, dtype: DType) =>
    checkGraph(lookedUp('int8', dtype, table, 3)).map((d) => d.code);
  assert.deepEqual(codes(new Int8Array(256), 'int8'), []);
  assert.deepEqual(codes(new Int8Array(255), 'int8'), ['op-shape']);
  assert.deepEqual(codes(new Int16Array(256), 'int16'), ['op-dtypes']);
});

test('LOOKUP_TABLE stays within crimp', () => {
  assert.ok(!supportedOps().some(({ type }) => type === 'LOOKUP_TABLE'));
  assert.throws(
    () => exportTflite(graphs[0]!),
    (e) => e instanceof CrimpError && e.diagnostics[0]!.code === 'cannot-export',
  );
});
