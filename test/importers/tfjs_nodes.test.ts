/** Nodes of GraphModels beyond those of a plain CNN, against TensorFlow.js. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import { base64, GraphDef, ints } from '../support/tfjs_graph_def.js';
import { tf } from '../support/tfjs_models.js';
import { difference, tolerance } from './tfjs_cases.js';

const i = (value: number) => ({ i: String(value) });
const f = (value: number) => ({ f: value });
const int32 = { Tshape: { type: 'DT_INT32' }, T: { type: 'DT_FLOAT' } };

/** Each output is one that TensorFlow.js gives as well. */
async function same(g: GraphDef, outputs: readonly string[], seed: number): Promise<void> {
  const { memory, inspected } = g.artifacts(...outputs);
  const { graph, diagnostics } = inspected();
  assert.deepEqual(diagnostics, []);
  const model = await tf.loadGraphModel(tf.io.fromMemory(memory));
  const found = difference(model as unknown as T.LayersModel, graph, seed);
  assert.ok(found <= tolerance, `differs by ${found}`);
}

test('values that move: transposes, slices, parts, blocks', async () => {
  const g = new GraphDef();
  const x = g.input('x', 4, 6, 4);
  let n = 0;
  const table = (...values: number[]) => g.integers(`table${n++}`, values);
  const scalar = (value: number) => g.integers(`scalar${n++}`, [value], []);
  const pairs = (...values: number[]) => g.integers(`pairs${n++}`, values, [values.length / 2, 2]);
  g.node('split', 'Split', [scalar(3), x], { num_split: i(2) });
  g.node('sizes', 'SplitV', [x, table(1, 3), scalar(1)], { num_split: i(2) });
  g.node('rows', 'Unpack', [x], { axis: i(1), num: i(4) });
  const strided = [x, table(0, 1, 0, 0), table(1, 4, 6, 3), table(1, 2, 1, 1)];
  const outputs = [
    g.node('transposed', 'Transpose', [x, table(0, 2, 1, 3)]),
    g.node('slice', 'Slice', [x, table(0, 1, 2, 0), table(1, 2, -1, 3)]),
    g.node('strided', 'StridedSlice', strided, { begin_mask: i(4), end_mask: i(4), shrink_axis_mask: i(0) }),
    g.node('expanded', 'ExpandDims', [x, scalar(-1)]),
    g.node('joined', 'AddN', ['split', 'split:1', 'split']),
    g.node('last', 'Relu', ['sizes:1']),
    g.node('packed', 'Pack', ['rows:1', 'rows:3'], { axis: i(2), N: i(2) }),
    g.node('gathered', 'GatherV2', [x, table(3, 0, 1), scalar(2)], { batch_dims: i(0) }),
    g.node('tiled', 'Tile', [x, table(1, 2, 1, 1)]),
    g.node('reversed', 'ReverseV2', [x, table(1)]),
    g.node('mirrored', 'MirrorPad', [x, pairs(0, 0, 1, 2, 0, 1, 0, 0)], { mode: { s: base64('REFLECT') } }),
    g.node('wide', 'DepthToSpace', [x], { block_size: i(2), data_format: { s: base64('NHWC') } }),
    g.node('padded', 'PadV2', [x, pairs(0, 0, 1, 2, 0, 1, 0, 0), g.floats('edge', [0.5], [])]),
    g.node('batch', 'BatchToSpaceND', [
      g.node('space', 'SpaceToBatchND', [x, table(2, 2), pairs(0, 0, 0, 0)]),
      table(2, 2),
      pairs(1, 0, 0, 1),
    ]),
    g.node('place', 'ArgMax', [x, scalar(3)]),
    g.node('held', 'ClipByValue', [x, g.floats('low', [-0.5], []), g.floats('high', [0.25], [])]),
    g.node('real', 'Cast', [x], { SrcT: { type: 'DT_FLOAT' }, DstT: { type: 'DT_FLOAT' } }),
  ];
  await same(g, outputs, 3);
});

test('functions, reductions, normalization, resizing', async () => {
  const g = new GraphDef();
  const x = g.input('x', 4, 6, 3);
  let n = 0;
  const table = (...values: number[]) => g.integers(`table${n++}`, values);
  const square = g.node('square', 'Square', [x]);
  const more = g.node('more', 'AddV2', [square, g.weights('more/w', 3)]);
  const bounded = g.node('bounded', 'Maximum', [square, g.node('abs', 'Abs', [x])]);
  const outputs = [
    more,
    ...['Neg', 'Exp', 'Sin', 'Cos', 'Floor', 'Ceil', 'Softplus', 'Selu'].map((op) => g.node(op, op, [x])),
    g.node('root', 'Sqrt', [bounded]),
    g.node('quotient', 'RealDiv', [x, g.node('power', 'Exp', [x])]),
    g.node('apart', 'SquaredDifference', [x, more]),
    g.node('slopes', 'Prelu', [x, g.weights('slopes/w', 3)]),
    g.node('sum', 'Sum', [x, table(1, 2)], { keep_dims: { b: true } }),
    g.node('max', 'Max', [x, table(-1)], { keep_dims: { b: false } }),
    g.node('min', 'Min', [x, table(1)], { keep_dims: { b: false } }),
    g.node(
      'norm',
      'FusedBatchNormV3',
      [x, ...['g', 'b', 'm'].map((w) => g.weights(w, 3)), g.floats('v', [1, 2, 0.5])],
      {
        epsilon: f(0.001),
        is_training: { b: false },
      },
    ),
    ...[false, true].map((half) =>
      g.node(`bilinear${half}`, 'ResizeBilinear', [x, table(7, 9)], {
        half_pixel_centers: { b: half },
        align_corners: { b: false },
      }),
    ),
    g.node('nearest', 'ResizeNearestNeighbor', [x, table(8, 12)], {
      half_pixel_centers: { b: false },
      align_corners: { b: false },
    }),
    g.node('turned', 'Conv2DBackpropInput', [table(1, 8, 12, 2), g.weights('turned/w', 3, 3, 2, 3), x], {
      strides: ints(1, 2, 2, 1),
      padding: { s: base64('SAME') },
      ...int32,
    }),
    g.node('product', 'BatchMatMulV2', [x, x], { adj_x: { b: false }, adj_y: { b: true } }),
  ];
  await same(g, outputs, 5);
});

test('arithmetic of shapes is done at import, as Keras’ Reshape and Flatten need it', async () => {
  const g = new GraphDef();
  const x = g.input('x', 4, 6, 2);
  const dtype = { type: 'DT_INT32' };
  const shape = g.node('shape', 'Shape', [x], { out_type: dtype });
  const at = (name: string, from: number, to: number, mask: object) =>
    g.node(name, 'StridedSlice', [shape, ...[from, to, 1].map((v, k) => g.integers(`${name}/${k}`, [v]))], {
      T: dtype,
      ...mask,
    });
  const batch = at('batch', 0, 1, { shrink_axis_mask: i(1) });
  const rest = g.node('rest', 'Prod', [at('sides', 1, 4, {}), g.integers('all', [0])], {
    T: dtype,
    keep_dims: { b: false },
  });
  const halves = g.node('halves', 'FloorDiv', [rest, g.integers('two', [2], [])], { T: dtype });
  const target = g.node('target', 'Pack', [batch, g.integers('two/more', [2], []), halves], {
    T: dtype,
    axis: i(0),
    N: i(3),
  });
  const joined = g.node(
    'joined',
    'ConcatV2',
    [at('first', 0, 1, {}), g.integers('open', [-1]), g.integers('axis', [0], [])],
    { T: dtype, N: i(2) },
  );
  await same(g, [g.node('reshaped', 'Reshape', [x, target]), g.node('flat', 'Reshape', [x, joined])], 7);
});
