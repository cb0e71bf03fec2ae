/** Operators that become several of TensorFlow Lite's, against ONNX Runtime; those that are new to graphs also in C. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { proveGraphs } from '../property/harness.js';
import { type OnnxWriter, onnxWriter, type WriterOptions } from '../support/onnx_writer.js';
import { sameAsOnnxRuntime } from './onnx_cases.js';

type Dims = readonly number[];
type Build = (w: OnnxWriter, x: string) => string;

function check(dims: Dims, build: Build, options?: WriterOptions): Promise<Graph> {
  const w = onnxWriter(options);
  return sameAsOnnxRuntime(w.bytes(build(w, w.input('x', dims))), { x: dims });
}

const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const image: Dims = [1, 4, 5, 6];
/** Proved in C at the end, all in one program. */
const proved: Graph[] = [];

const transposed = (w: OnnxWriter, x: string, shape: Dims, attributes: Record<string, unknown> = {}) =>
  w.node(
    'ConvTranspose',
    [x, w.weights(shape), w.weights([shape[1]! * Number(attributes.group ?? 1)], 0.2)],
    {
      kernel_shape: shape.slice(2),
      ...attributes,
    },
  );

test('ConvTranspose: one operator where SAME or VALID crops alike, else a slice of all sums', async () => {
  const types = async (attributes: Record<string, unknown>, shape: Dims = [4, 3, 3, 3]) =>
    typesOf(await check(image, (w, x) => transposed(w, x, shape, attributes)));
  assert.deepEqual(await types({}), ['TRANSPOSE_CONV']);
  assert.deepEqual(await types({ strides: [2, 2], pads: [0, 0, 1, 1] }), ['TRANSPOSE_CONV']);
  const cropped = ['TRANSPOSE_CONV', 'SLICE'];
  // What PyTorch's decoders use most.
  assert.deepEqual(await types({ strides: [2, 2], pads: [1, 1, 1, 1] }, [4, 3, 4, 4]), ['TRANSPOSE_CONV']);
  assert.deepEqual(await types({ strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }), cropped);
  assert.deepEqual(await types({ strides: [2, 2] }, [4, 3, 2, 2]), ['TRANSPOSE_CONV']);
  assert.deepEqual(await types({ strides: [3, 2], pads: [2, 0, 1, 1], output_padding: [2, 0] }), cropped);
  for (const auto_pad of ['SAME_UPPER', 'SAME_LOWER', 'VALID']) {
    await check(image, (w, x) => transposed(w, x, [4, 3, 3, 4], { auto_pad, strides: [2, 2] }));
    await check(image, (w, x) => transposed(w, x, [4, 3, 2, 3], { auto_pad, strides: [2, 1] }));
  }
  await check(image, (w, x) => transposed(w, x, [4, 3, 3, 3], { strides: [2, 2], output_shape: [10, 12] }));
  await check(image, (w, x) =>
    transposed(w, x, [4, 1, 3, 3], { strides: [2, 2], group: 4, pads: [1, 1, 1, 1] }),
  );
  proved.push(await check(image, (w, x) => transposed(w, x, [4, 2, 3, 3], { group: 2, pads: [1, 0, 0, 1] })));
  await check([1, 4, 7], (w, x) => transposed(w, x, [4, 3, 5], { strides: [3], pads: [1, 2] }));
});

test('Pad by the edge and around; DepthToSpace as PixelShuffle does', async () => {
  const pads = [0, 0, 1, 2, 0, 0, 2, 1];
  for (const [mode, opset] of [
    ['edge', 13],
    ['wrap', 19],
  ] as const) {
    const padded = (w: OnnxWriter, x: string) => w.node('Pad', [x, w.integers(pads)], { mode });
    const graph = await check(
      image,
      (w, x) => w.node('Conv', [padded(w, x), w.weights([2, 4, 3, 3])], { kernel_shape: [3, 3] }),
      { opset },
    );
    assert.deepEqual(typesOf(graph), ['GATHER', 'GATHER', 'CONV_2D']);
  }
  await check([1, 8, 4, 6], (w, x) => w.node('DepthToSpace', [x], { blocksize: 2, mode: 'CRD' }));
  await check([1, 4, 3, 5], (w, x) => w.node('DepthToSpace', [x], { blocksize: 2, mode: 'CRD' }));
});

test('normalization by what the sample holds', async () => {
  const layer = (w: OnnxWriter, x: string, axis: number, shape: Dims) =>
    w.node('LayerNormalization', [x, w.weights(shape, 1), w.weights(shape, 1)], { axis, epsilon: 0.001 });
  const opset = { opset: 17 };
  proved.push(await check([2, 3, 8], (w, x) => layer(w, x, -1, [8]), opset));
  await check([2, 3, 8], (w, x) => layer(w, x, 1, [3, 8]), opset);
  await check([2, 3, 8], (w, x) => w.node('LayerNormalization', [x, w.weights([8], 1)]), opset);
  const instance = (w: OnnxWriter, x: string) =>
    w.node('InstanceNormalization', [x, w.weights([4], 1), w.weights([4], 1)], { epsilon: 0.001 });
  assert.ok(!typesOf(await check(image, instance)).includes('TRANSPOSE'));
  await check([1, 4, 9], instance);
  // As PyTorch writes GroupNorm.
  await check(image, (w, x) => {
    const groups = w.node('Reshape', [x, w.integers([0, 2, -1])]);
    const ones = [w.floats([1, 1]), w.floats([0, 0])];
    const normal = w.node('InstanceNormalization', [groups, ...ones]);
    const back = w.node('Reshape', [normal, w.integers([...image])]);
    return w.node('Add', [w.node('Mul', [back, w.weights([4, 1, 1], 1)]), w.weights([4, 1, 1], 1)]);
  });
  for (const version of [18, 21]) {
    const n = version === 18 ? 2 : 4;
    await check(
      image,
      (w, x) => w.node('GroupNormalization', [x, w.weights([n], 1), w.weights([n], 1)], { num_groups: 2 }),
      { opset: version },
    );
  }
  await check([3, 5], (w, x) => w.node('LpNormalization', [x]));
});

test('functions that are composed, also behind an image that is flattened', async () => {
  const functions: Readonly<Record<string, object>> = {
    Celu: { alpha: 0.5 },
    Elu: { alpha: 0.3 },
    Mish: {},
    Reciprocal: {},
    Selu: {},
    Softplus: {},
    Softsign: {},
    ThresholdedRelu: { alpha: 0.25 },
  };
  for (const [type, attributes] of Object.entries(functions)) {
    const opset = { opset: 18 };
    // 1 / x is as far off as x is near 0.
    const given = (w: OnnxWriter, x: string) =>
      type === 'Reciprocal' ? w.node('Exp', [x]) : w.node('Mul', [x, w.floats([9])]);
    await check([2, 7], (w, x) => w.node(type, [given(w, x)], { ...attributes }), opset);
    await check(
      image,
      (w, x) => {
        const y = w.node('Conv', [x, w.weights([3, 4, 2, 2])], { kernel_shape: [2, 2] });
        return w.node('Gemm', [
          w.node(type, [w.node('Flatten', [given(w, y)])], { ...attributes }),
          w.weights([60, 2]),
        ]);
      },
      opset,
    );
  }
  await check(
    [2, 7],
    (w, x) => w.node('Gelu', [w.node('Mul', [x, w.floats([4])])], { approximate: 'tanh' }),
    {
      opset: 20,
    },
  );
});

test('comparisons and Where, Sum and Mean, reductions to norms', async () => {
  for (const type of ['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']) {
    await check(image, (w, x) => {
      const y = w.node('Conv', [x, w.weights([4, 4, 1, 1])], { kernel_shape: [1, 1] });
      const chosen = w.node('Where', [w.node(type, [y, w.weights([4, 1, 1], 0.5)]), y, w.floats([-1], [])]);
      return w.node('Conv', [chosen, w.weights([2, 4, 1, 1])], { kernel_shape: [1, 1] });
    });
  }
  proved.push(
    await check([2, 7], (w, x) => {
      const [low, high] = [w.node('Less', [x, w.floats([-0.2])]), w.node('Greater', [x, w.floats([0.5])])];
      const either = w.node('And', [w.node('Or', [low, high]), w.node('Not', [low])]);
      return w.node('Where', [either, x, w.node('Neg', [x])]);
    }),
  );
  for (const power of [1, 3, -0.5])
    await check([2, 7], (w, x) => w.node('Pow', [w.node('Exp', [x]), w.floats([power], [])]));
  const byRoot = await check([2, 7], (w, x) => w.node('Div', [x, w.node('Sqrt', [w.node('Exp', [x])])]));
  assert.deepEqual(typesOf(byRoot), ['EXP', 'RSQRT', 'MUL']);
  for (const type of ['Sum', 'Mean'])
    await check([2, 7], (w, x) => w.node(type, [x, w.weights([7]), w.node('Exp', [x])]));
  for (const type of ['ReduceL1', 'ReduceL2', 'ReduceSumSquare'])
    await check(image, (w, x) => w.node(type, [x], { axes: [1], keepdims: 0 }));
});

test('Expand and Tile', async () => {
  await check([2, 1, 5], (w, x) => w.node('Expand', [x, w.integers([2, 3, 5])]));
  await check([1, 5], (w, x) => w.node('Expand', [x, w.integers([2, 3, 5])]));
  await check(image, (w, x) => {
    const pooled = w.node('Expand', [w.node('GlobalAveragePool', [x]), w.integers([...image])]);
    return w.node('Concat', [x, pooled], { axis: 1 });
  });
  await check(image, (w, x) => w.node('Tile', [x, w.integers([1, 2, 1, 3])]));
});

test('CumSum along any axis', async () => {
  const sums = async (dims: Dims, axis: number, attributes: Record<string, number> = {}) =>
    typesOf(await check(dims, (w, x) => w.node('CumSum', [x, w.integers([axis], [])], attributes)));
  assert.deepEqual(await sums([2, 7, 3], 1), ['CUMSUM']);
  await sums([2, 7, 3], -1, { reverse: 1 });
  await sums(image, 1, { exclusive: 1 });
});

test('TopK along any axis', async () => {
  for (const axis of [-1, 1]) {
    await check([2, 7, 3], (w, x) => {
      const [values, places] = w.nodes('TopK', [x, w.integers([2])], { axis }, 2);
      return w.node('Add', [values!, w.node('Cast', [places!], { to: 1 })]);
    });
  }
});

test('Slice backwards', async () => {
  for (const [starts, ends, steps] of [
    [[-1], [-1000], [-1]],
    [[4], [0], [-2]],
  ] as const) {
    await check(image, (w, x) => {
      const y = w.node('Conv', [x, w.weights([4, 4, 1, 1])], { kernel_shape: [1, 1] });
      return w.node('Slice', [y, w.integers(starts), w.integers(ends), w.integers([3]), w.integers(steps)]);
    });
  }
});

test('what cannot be composed exactly is refused with what can be done', () => {
  const reason = (build: Build) => {
    const w = onnxWriter({ opset: 20 });
    const bytes = w.bytes(build(w, w.input('x', image)));
    return inspectModel(bytes, { name: 'm' })
      .diagnostics.filter((d) => d.code === 'unsupported-op')
      .map((d) => d.message)
      .join('\n');
  };
  assert.match(
    reason((w, x) => w.node('Erf', [x])),
    /Erf: no kernel computes it; GELU's approximation by tanh/,
  );
  assert.match(
    reason((w, x) => w.node('Gelu', [x])),
    /takes an error function/,
  );
  assert.match(
    reason((w, x) => transposed(w, x, [4, 3, 3, 3], { dilations: [2, 2] })),
    /dilations \[2,2\]/,
  );
  assert.match(
    reason((w, x) => transposed(w, x, [4, 3, 3, 3], { strides: [2, 2], output_padding: [2, 2] })),
    /output_padding of 2 for strides of 2/,
  );
  assert.match(
    reason((w, x) => w.node('Einsum', [x, x], { equation: 'a,a->a' })),
    /Einsum/,
  );
});

test('the emitted C equals the simulator', () => proveGraphs(proved));
