/** Shapes that a .tflite leaves open behind inputs of known shapes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { readModel } from '../../src/formats/tflite/reader.js';
import type { Draft } from '../../src/formats/tflite/schema.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { graphBuilder } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel, inspectModel } from '../../src/importers/index.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const int32 = (...shape: number[]) => ({ dtype: 'int32', shape }) as const;

/** Time first, as Keras lays out recurrent layers, plus zeros of that shape, computed from it. */
function timeMajor(): Graph {
  const g = graphBuilder('g');
  const x = g.input('x', float(1, 6, 4));
  const order = g.constant('order', { ...int32(3), data: Int32Array.of(1, 0, 2) });
  const turned = g.op('TRANSPOSE', 'turned', [x, order], {}, float(6, 1, 4));
  const positive = g.op('RELU', 'positive', [turned], {}, float(6, 1, 4));
  const shape = g.op('SHAPE', 'shape', [positive], { outType: 'int32' }, int32(3));
  const zero = g.constant('zero', { ...float(), data: Float32Array.of(0) });
  const zeros = g.op('FILL', 'zeros', [shape, zero], {}, float(6, 1, 4));
  const sum = g.op('ADD', 'sum', [positive, zeros], { activation: 'NONE' }, float(6, 1, 4));
  return g.build(g.op('RESHAPE', 'flat', [sum], { newShape: [1, -1] }, float(1, 24)));
}

/** The file of a graph, with the shapes of chosen tensors as TensorFlow's converter writes what it does not know: 1, and −1 beside it. */
function opened(graph: Graph, names: readonly string[]): Uint8Array {
  const { model } = readModel(exportTflite(graph));
  const [subgraph] = model!.subgraphs!;
  const tensors = subgraph!.tensors!.map((row) => {
    if (!names.includes(row.name!)) return row;
    return { ...row, shape: row.shape!.map(() => 1), shape_signature: row.shape!.map(() => -1) };
  });
  return writeModel({ ...model, subgraphs: [{ ...subgraph, tensors }] } as Draft<'Model'>);
}

test('operators settle the shapes that a file leaves open', () => {
  const graph = timeMajor();
  const open = ['turned', 'positive', 'zeros', 'sum', 'flat'];
  const imported = importModel(opened(graph, open), { name: 'g' });
  assert.deepEqual(imported, importModel(exportTflite({ ...graph, ops: graph.ops }), { name: 'g' }));
  assert.deepEqual(
    imported.ops.map((op) => op.name),
    ['turned', 'positive', 'zeros', 'sum', 'flat'],
  );
});

test('what lies behind an input of unknown shape stays open, and each tensor is told', () => {
  const { diagnostics } = inspectModel(opened(timeMajor(), ['x', 'turned', 'flat']), {
    name: 'g',
    file: 'g.tflite',
  });
  const told = diagnostics.filter((d) => d.code === 'dynamic-shape');
  assert.deepEqual(
    told.map((d) => [d.where?.tensor?.name, d.message.match(/\[.*\]/)?.[0]]),
    [
      ['x', '[1, ?, ?]'],
      ['turned', '[1, ?, ?]'],
    ],
  );
});
