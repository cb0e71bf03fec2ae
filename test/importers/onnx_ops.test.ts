/** Every ONNX operator that is imported, against ONNX Runtime; and where TRANSPOSE stands, which is nowhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from '../../src/graph/graph.js';
import { cnn, conv1d, separable } from '../support/onnx_models.js';
import { type OnnxWriter, onnxWriter, type WriterOptions } from '../support/onnx_writer.js';
import { sameAsOnnxRuntime } from './onnx_cases.js';

type Dims = readonly number[];

/** A model of one input "x", compared. */
function check(
  dims: Dims,
  build: (w: OnnxWriter, x: string) => string,
  options?: WriterOptions,
): Promise<Graph> {
  const w = onnxWriter(options);
  return sameAsOnnxRuntime(w.bytes(build(w, w.input('x', dims))), { x: dims });
}

const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const image: Dims = [1, 4, 9, 10];

test('networks as PyTorch and scikit-learn export them', async () => {
  const graphs = [
    await sameAsOnnxRuntime(cnn(), { input: [1, 3, 16, 16] }),
    await sameAsOnnxRuntime(separable(), { input: [1, 3, 16, 16] }),
    await sameAsOnnxRuntime(conv1d(), { signal: [1, 4, 64] }),
  ];
  for (const graph of graphs) assert.ok(!typesOf(graph).includes('TRANSPOSE'), typesOf(graph).join());
  assert.deepEqual(graphs[0]!.channelsFirst, [true]);
});

const conv = (w: OnnxWriter, x: string, shape: Dims, attributes: object = {}) =>
  w.node('Conv', [x, w.weights(shape), w.weights([shape[0]!], 0.2)], {
    kernel_shape: shape.slice(2),
    ...attributes,
  });

test('Conv: padding of every kind, groups, dilation, one dimension', async () => {
  const same = await check(image, (w, x) => conv(w, x, [6, 4, 3, 3], { pads: [1, 1, 1, 1] }));
  assert.deepEqual(typesOf(same), ['CONV_2D']);
  for (const auto_pad of ['SAME_UPPER', 'SAME_LOWER', 'VALID']) {
    await check(image, (w, x) => conv(w, x, [6, 4, 2, 3], { auto_pad, strides: [2, 2] }));
  }
  await check(image, (w, x) => conv(w, x, [6, 4, 3, 3], { pads: [0, 1, 2, 0], strides: [2, 3] }));
  await check(image, (w, x) => conv(w, x, [6, 4, 3, 2], { dilations: [2, 3] }));
  const grouped = await check(image, (w, x) => conv(w, x, [6, 2, 3, 3], { group: 2 }));
  assert.deepEqual(typesOf(grouped), ['CONV_2D']);
  const depthwise = await check(image, (w, x) => conv(w, x, [8, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }));
  assert.deepEqual(typesOf(depthwise), ['DEPTHWISE_CONV_2D']);
  await check([1, 4, 20], (w, x) => conv(w, x, [6, 4, 5], { pads: [2, 2], strides: [2], dilations: [2] }));
  await check([1, 4, 20], (w, x) => conv(w, x, [4, 1, 3], { group: 4, auto_pad: 'SAME_UPPER' }));
});

test('pools: padding, ceil_mode, count_include_pad, global', async () => {
  const max = (attributes: object, before?: string) =>
    check(image, (w, x) =>
      w.node('MaxPool', [before ? w.node(before, [x]) : x], { kernel_shape: [3, 3], ...attributes }),
    );
  assert.deepEqual(typesOf(await max({ strides: [2, 2], pads: [1, 1, 1, 1] })), [
    'MIRROR_PAD',
    'MAX_POOL_2D',
  ]);
  assert.deepEqual(typesOf(await max({ strides: [2, 2], pads: [1, 1, 1, 1] }, 'Relu')), [
    'RELU',
    'PAD',
    'MAX_POOL_2D',
  ]);
  assert.deepEqual(typesOf(await max({ strides: [1, 1], pads: [1, 1, 1, 1] })), ['MAX_POOL_2D']);
  assert.ok(typesOf(await max({ strides: [3, 2], pads: [2, 2, 2, 2] })).includes('PADV2'));
  await max({ strides: [2, 2], ceil_mode: 1 });
  for (const count_include_pad of [0, 1]) {
    for (const ceil_mode of [0, 1]) {
      await check(
        image,
        (w, x) =>
          w.node('AveragePool', [x], {
            kernel_shape: [3, 3],
            strides: [2, 2],
            pads: [1, 1, 1, 1],
            count_include_pad,
            ceil_mode,
          }),
        { opset: 19 },
      );
    }
  }
  await check(image, (w, x) => w.node('AveragePool', [x], { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' }));
  await check([1, 4, 21], (w, x) =>
    w.node('AveragePool', [x], { kernel_shape: [4], strides: [2], pads: [1, 1] }),
  );
  await check(image, (w, x) => w.node('GlobalAveragePool', [x]));
  await check(image, (w, x) => w.node('GlobalMaxPool', [x]));
});

test('functions of one value, in either layout', async () => {
  const attributes: Readonly<Record<string, object>> = {
    LeakyRelu: { alpha: 0.3 },
    HardSigmoid: { alpha: 0.3 },
  };
  for (const type of [
    'Abs',
    'Ceil',
    'Cos',
    'Elu',
    'Exp',
    'Floor',
    'HardSigmoid',
    'HardSwish',
    'LeakyRelu',
    'Neg',
    'Relu',
    'Round',
    'Sigmoid',
    'Sin',
    'Tanh',
  ]) {
    const opset = { opset: 14 };
    const pooled = await check(
      image,
      (w, x) => w.node('GlobalAveragePool', [w.node(type, [x], { ...attributes[type] })]),
      opset,
    );
    assert.ok(!typesOf(pooled).includes('TRANSPOSE'));
    await check([2, 7], (w, x) => w.node(type, [x], { ...attributes[type] }), opset);
  }
  await check([2, 7], (w, x) => w.node('Sqrt', [w.node('Log', [w.node('Exp', [w.node('Abs', [x])])])]));
  await check([2, 7], (w, x) => w.node('Pow', [x, w.floats([2], [])]));
  await check(image, (w, x) => conv(w, w.node('PRelu', [x, w.weights([4, 1, 1])]), [2, 4, 1, 1]));
});

test('Clip: the clamps that are activations, and any other', async () => {
  const clip = (min: number, max: number) =>
    check([3, 5], (w, x) =>
      w.node('Clip', [w.node('Mul', [x, w.floats([8])]), w.floats([min], []), w.floats([max], [])]),
    );
  assert.deepEqual(typesOf(await clip(0, 6)), ['MUL']);
  assert.deepEqual(typesOf(await clip(-2, 3)), ['MUL', 'MAXIMUM', 'MINIMUM']);
  const old = await check([3, 5], (w, x) => w.node('Clip', [x], { min: { float: 0 }, max: { float: 6 } }), {
    opset: 7,
  });
  assert.deepEqual(typesOf(old), ['RELU6']);
  await check([3, 5], (w, x) => w.node('Clip', [x, w.floats([-0.25], [])]));
});

test('hard swish in the parts that older exporters write is one op', async () => {
  const graph = await check([3, 5], (w, x) =>
    w.node('Mul', [x, w.node('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 })]),
  );
  assert.deepEqual(typesOf(graph), ['HARD_SWISH']);
});

test('functions of two values broadcast in ONNX’s order of axes', async () => {
  for (const type of ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min']) {
    const constant = (dims: Dims) => (w: OnnxWriter) => {
      const n = dims.reduce((a, b) => a * b, 1);
      return w.floats(
        Array.from({ length: n }, (_, i) => 0.5 + i / n),
        dims,
      );
    };
    for (const dims of [[], [1], [10], [4, 1, 1], [1, 4, 1, 1], [9, 1], image]) {
      await check(image, (w, x) => conv(w, w.node(type, [x, constant(dims)(w)]), [3, 4, 1, 1]));
    }
    await check(image, (w, x) =>
      w.node('GlobalAveragePool', [w.node(type, [constant([4, 1, 1])(w), w.node('Exp', [x])])]),
    );
    // A channel attention gate: two computed values, one of them [1, C, 1, 1].
    const gated = await check(image, (w, x) =>
      conv(w, w.node(type, [x, w.node('Exp', [w.node('GlobalAveragePool', [x])])]), [3, 4, 1, 1]),
    );
    assert.ok(!typesOf(gated).includes('TRANSPOSE'));
  }
});

test('dense layers: Gemm’s factors, MatMul of any rank, behind a flattened image', async () => {
  await check([2, 6], (w, x) =>
    w.node('Gemm', [x, w.weights([6, 3]), w.weights([1, 3])], { alpha: 0.5, beta: 2.5 }),
  );
  await check([2, 6], (w, x) => w.node('Gemm', [x, w.weights([3, 6])], { transB: 1 }));
  await check([1, 5, 6], (w, x) => w.node('Add', [w.weights([3]), w.node('MatMul', [x, w.weights([6, 3])])]));
  const flattened = await check(image, (w, x) => {
    const y = w.node('Reshape', [w.node('Relu', [conv(w, x, [3, 4, 2, 2])]), w.integers([1, -1])]);
    return w.node('MatMul', [w.node('Tanh', [w.node('Dropout', [y])]), w.weights([3 * 8 * 9, 5])]);
  });
  assert.deepEqual(typesOf(flattened), ['CONV_2D', 'TANH', 'RESHAPE', 'FULLY_CONNECTED']);
  const scores = await check([2, 5, 6], (w, x) => {
    const keys = w.node(
      'Transpose',
      [w.node('Slice', [x, w.integers([1]), w.integers([4]), w.integers([1])])],
      {
        perm: [0, 2, 1],
      },
    );
    return w.node('MatMul', [x, keys]);
  });
  assert.ok(typesOf(scores).includes('BATCH_MATMUL'));
  // What is no dense layer gets the values in ONNX's order.
  await check(image, (w, x) =>
    w.node('Mul', [w.node('Flatten', [conv(w, x, [3, 4, 2, 2])]), w.weights([216])]),
  );
});

test('BatchNormalization of images, signals and features', async () => {
  const norm = (w: OnnxWriter, x: string, n: number) =>
    w.node(
      'BatchNormalization',
      [x, w.weights([n], 1), w.weights([n], 1), w.weights([n], 1), w.floats(new Array(n).fill(0.4))],
      {
        epsilon: 0.01,
      },
    );
  for (const dims of [image, [1, 4, 10], [3, 4]]) {
    const graph = await check(dims, (w, x) => norm(w, x, 4));
    assert.deepEqual(
      typesOf(graph).filter((t) => t !== 'RESHAPE'),
      ['MUL', 'ADD'],
    );
  }
});

test('views: axes by other names are no ops', async () => {
  const attended = await check(image, (w, x) => {
    const squeezed = w.node('Squeeze', [w.node('GlobalAveragePool', [x]), w.integers([2, 3])]);
    const gate = w.node('Sigmoid', [w.node('Gemm', [squeezed, w.weights([4, 4])])]);
    return conv(w, w.node('Mul', [x, w.node('Unsqueeze', [gate, w.integers([2, 3])])]), [2, 4, 1, 1]);
  });
  assert.ok(!typesOf(attended).includes('TRANSPOSE'), typesOf(attended).join());
  // tf2onnx: NHWC in, transposed to NCHW, and back.
  const keras = await check([1, 9, 10, 4], (w, x) =>
    w.node('Transpose', [conv(w, w.node('Transpose', [x], { perm: [0, 3, 1, 2] }), [3, 4, 3, 3])], {
      perm: [0, 2, 3, 1],
    }),
  );
  assert.deepEqual(typesOf(keras), ['CONV_2D']);
  assert.equal(keras.channelsFirst, undefined);
  await check([2, 3, 4], (w, x) => w.node('Transpose', [x], { perm: [2, 0, 1] }));
  await check([2, 3, 4], (w, x) => w.node('Reshape', [w.node('Transpose', [x]), w.integers([0, -1])]));
  await check([1, 4, 20], (w, x) =>
    w.node('ReduceMean', [conv(w, x, [3, 4, 3])], { axes: [2], keepdims: 0 }),
  );
  await check(image, (w, x) => w.node('Flatten', [x], { axis: 2 }));
});

test('values that go elsewhere: Concat, Split, Slice, Gather, Pad', async () => {
  await check(image, (w, x) => {
    const [a, b] = w.nodes('Split', [conv(w, x, [6, 4, 1, 1]), w.integers([2, 4])], { axis: 1 }, 2);
    return w.node('Concat', [b!, x, a!], { axis: 1 });
  });
  await check(image, (w, x) => {
    const [a, b] = w.nodes('Split', [conv(w, x, [6, 4, 1, 1])], { axis: 1 }, 2);
    return w.node('Sub', [a!, b!]);
  });
  await check(image, (w, x) =>
    w.node('Slice', [
      conv(w, x, [6, 4, 1, 1]),
      w.integers([1, -6]),
      w.integers([1000, -1]),
      w.integers([1, 2]),
    ]),
  );
  await check(image, (w, x) =>
    w.node('Slice', [x, w.integers([1, 0]), w.integers([4, 8]), w.integers([1, 3]), w.integers([2, 3])]),
  );
  await check([3, 5], (w, x) => w.node('Gather', [x, w.integers([4, 0, -2])], { axis: 1 }));
  await check([1, 3, 5], (w, x) => w.node('Gather', [x, w.integers([-1], [])], { axis: 1 }));
  for (const mode of ['constant', 'reflect']) {
    await check(image, (w, x) =>
      conv(w, w.node('Pad', [x, w.integers([0, 0, 1, 2, 0, 0, 2, 1])], { mode }), [2, 4, 3, 3]),
    );
  }
  await check(image, (w, x) =>
    w.node('Pad', [x, w.integers([0, 1, 0, 0, 0, 0, 0, 3]), w.floats([-1.5], [])]),
  );
  await check([1, 8, 4, 6], (w, x) => w.node('DepthToSpace', [x], { blocksize: 2 }));
  await check([1, 2, 4, 6], (w, x) => w.node('SpaceToDepth', [x], { blocksize: 2 }));
});

test('Resize: nearest as PyTorch has it, linear by each kind of coordinates', async () => {
  const to = (w: OnnxWriter, x: string, attributes: object, size = [1, 4, 18, 30]) =>
    w.node('Resize', [x, '', '', w.integers(size)], { ...attributes });
  const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  await check(image, (w, x) => to(w, x, nearest));
  await check(image, (w, x) => to(w, x, nearest, [1, 4, 13, 7]));
  await check(image, (w, x) => to(w, x, {}));
  await check(image, (w, x) => w.node('Resize', [x, '', w.floats([1, 1, 2, 3])], nearest));
  for (const coordinate_transformation_mode of [
    'half_pixel',
    'pytorch_half_pixel',
    'align_corners',
    'asymmetric',
  ]) {
    await check(image, (w, x) =>
      to(w, x, { mode: 'linear', coordinate_transformation_mode }, [1, 4, 13, 25]),
    );
  }
  await check(image, (w, x) => w.node('Upsample', [x, w.floats([1, 1, 2, 2])], { mode: 'nearest' }), {
    opset: 9,
  });
});

test('reductions and softmax over any axis, as operator sets 7 and 13 mean it', async () => {
  for (const type of ['ReduceMean', 'ReduceMax', 'ReduceMin']) {
    for (const keepdims of [0, 1]) {
      await check(image, (w, x) => w.node(type, [conv(w, x, [3, 4, 2, 2])], { axes: [-1, 2], keepdims }));
      await check(image, (w, x) => w.node(type, [x], { axes: [1], keepdims }));
    }
  }
  await check(image, (w, x) => w.node('ReduceSum', [x, w.integers([1, 3])], { keepdims: 0 }));
  await check([2, 3, 4], (w, x) => w.node('ReduceMean', [x]));
  for (const type of ['Softmax', 'LogSoftmax']) {
    await check([2, 3, 4], (w, x) => w.node(type, [x], { axis: 1 }));
    await check([2, 3, 4], (w, x) => w.node(type, [x], { axis: 1 }), { opset: 11 });
    const last = await check(image, (w, x) => w.node(type, [conv(w, x, [3, 4, 2, 2])], { axis: 1 }));
    assert.ok(!typesOf(last).includes('TRANSPOSE'));
  }
});

test('arithmetic of shapes is computed at import', async () => {
  const graph = await check(image, (w, x) => {
    const y = conv(w, x, [3, 4, 2, 2]);
    const shape = w.node('Shape', [y]);
    const batch = w.node('Unsqueeze', [w.node('Gather', [shape, w.integers([0], [])]), w.integers([0])]);
    const rest = w.node('Slice', [shape, w.integers([1]), w.integers([4])]);
    const size = w.node('ReduceProd', [rest], { keepdims: 1 });
    const half = w.node('Div', [w.node('Cast', [size], { to: 7 }), w.integers([2])]);
    return w.node('Reshape', [y, w.node('Concat', [batch, w.integers([2]), half], { axis: 0 })]);
  });
  assert.deepEqual(typesOf(graph), ['CONV_2D', 'TRANSPOSE', 'RESHAPE']);
});
