/** GraphModels against TensorFlow.js, which runs the same JSON and weights. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import { CrimpError } from '../../src/diagnostics.js';
import { base64, GraphDef, ints } from '../support/tfjs_graph_def.js';
import { tf } from '../support/tfjs_models.js';
import { difference, tolerance } from './tfjs_cases.js';

const window = { strides: ints(1, 1, 1, 1), dilations: ints(1, 1, 1, 1), padding: { s: base64('SAME') } };
const format = { data_format: { s: base64('NHWC') } };
const fused = (...ops: string[]) => ({ fused_ops: { list: { s: ops.map(base64) } }, num_args: { i: '1' } });

test('fused and plain nodes of a CNN answer as in TensorFlow.js', async () => {
  const g = new GraphDef();
  const x = g.input('x', 8, 8, 3);
  const strided = { ...window, ...format, strides: ints(1, 2, 2, 1) };
  const a = g.node('a', '_FusedConv2D', [x, g.weights('a/w', 3, 3, 3, 4), g.weights('a/b', 4)], {
    ...strided,
    ...fused('BiasAdd', 'Relu6'),
  });
  const d = g.node('d', 'DepthwiseConv2dNative', [a, g.weights('d/w', 3, 3, 4, 2)], { ...window, ...format });
  const biased = g.node('d/bias', 'BiasAdd', [d, g.weights('d/b', 8)], format);
  const f = g.node(
    'f',
    'FusedDepthwiseConv2dNative',
    [a, g.weights('f/w', 3, 3, 4, 2), g.weights('f/b', 8)],
    { ...window, ...format, ...fused('BiasAdd', 'Relu') },
  );
  const sum = g.node('sum', 'AddV2', [g.node('relu', 'Relu', [biased]), f]);
  const scaled = g.node('scaled', 'Mul', [sum, g.weights('scale', 8)]);
  const padded = g.node('padded', 'Pad', [scaled, g.integers('pads', [0, 0, 1, 0, 0, 1, 0, 0], [4, 2])]);
  const pools = ['MaxPool', 'AvgPool'].map((op) =>
    g.node(op, op, [padded], { ...strided, ksize: ints(1, 2, 2, 1) }),
  );
  const joined = g.node('joined', 'ConcatV2', [...pools, g.integers('axis', [-1], [])], { N: { i: '2' } });
  const c = g.node('c', 'Conv2D', [joined, g.weights('c/w', 1, 1, 16, 5)], { ...window, ...format });
  const mean = g.node('mean', 'Mean', [c, g.integers('axes', [1, 2])], { keep_dims: { b: false } });
  const m = g.node('m', 'MatMul', [mean, g.weights('m/w', 6, 5)], { transpose_b: { b: true } });
  const last = g.node('last', '_FusedMatMul', [m, g.weights('last/w', 6, 3), g.weights('last/b', 3)], {
    ...fused('BiasAdd', 'Relu'),
  });
  const flat = g.node('flat', 'Reshape', [c, g.integers('shape', [-1, 45])]);
  const scores = g.node('scores', 'Identity', [g.node('softmax', 'Softmax', [m])]);
  const { memory, inspected } = g.artifacts(last, flat, scores);
  const { graph, diagnostics } = inspected();
  assert.deepEqual(diagnostics, []);
  assert.ok(['a', 'sum', 'last', 'softmax'].every((name) => graph.ops.some((op) => op.name === name)));
  // The bias that stands alone has gone into its convolution, with the activation behind it.
  assert.equal(graph.ops.filter(({ type }) => type === 'ADD').length, 1);
  const model = await tf.loadGraphModel(tf.io.fromMemory(memory));
  const found = difference(model as unknown as T.LayersModel, graph, 4);
  assert.ok(found <= tolerance, `differs by ${found}`);
});

test('nodes that cannot be imported are told by name, all of them', () => {
  const g = new GraphDef();
  const x = g.input('x', 8, 8, 3);
  const explicit = { ...window, ...format, padding: { s: base64('EXPLICIT') } };
  const a = g.node('a', 'Conv2D', [x, g.weights('a/w', 3, 3, 3, 4)], explicit);
  const b = g.node('b', 'CropAndResize', [a]);
  g.node('c', '_FusedMatMul', [b, g.weights('c/w', 3, 3)], fused('BiasAdd', 'Erf'));
  const { diagnostics } = g.artifacts('c').inspected();
  assert.deepEqual(
    diagnostics.map((d) => [d.where?.op?.name, d.message]),
    [
      ['a', 'Conv2D: its padding "EXPLICIT" is not VALID or SAME'],
      ['b', 'CropAndResize nodes are not supported'],
      ['c', '_FusedMatMul: fuses ["Erf"]'],
    ],
  );
  g.node('d', 'Relu', ['gone']);
  assert.throws(
    () => g.artifacts('d', 'e').inspected(),
    (e) =>
      e instanceof CrimpError &&
      /node "d" reads "gone"/.test(e.message) &&
      /output "e" is not among/.test(e.message) &&
      /CropAndResize/.test(e.message),
  );
});
