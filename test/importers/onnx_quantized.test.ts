/** Quantized ONNX models: integer graphs, as close to ONNX Runtime as TensorFlow Lite Micro's arithmetic is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { exportOnnx } from '../../src/exporters/onnx/export.js';
import type { AnyOp, Graph, Tensor } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { optimize } from '../../src/passes/index.js';
import { proveGraphs } from '../property/harness.js';
import {
  onnxTypes,
  type QuantizedWriter,
  qdqCnn,
  qdqMlp,
  qlinearCnn,
  quantizedWriter,
  type Scale,
  int8Scale as s8,
  uint8Scale as u8,
} from '../support/onnx_quantized.js';
import { type Agreement, agreement } from './onnx_quantized_cases.js';

const microsoft = { domains: { 'com.microsoft': 1 } };
const typesOf = (graph: Graph): string[] => graph.ops.map((op) => op.type);
const tensorsOf = (graph: Graph, list: readonly number[]): Tensor[] => list.map((t) => graph.tensors[t]!);

function imported(build: (w: QuantizedWriter) => string | string[], options = {}): Graph {
  const w = quantizedWriter(options);
  return importModel(w.bytes(...[build(w)].flat()), { name: 'model', file: 'model.onnx' });
}

function notesOf(build: (w: QuantizedWriter) => string, options = {}): string[] {
  const w = quantizedWriter(options);
  const { diagnostics } = inspectModel(w.bytes(build(w)), { name: 'model', file: 'model.onnx' });
  return diagnostics.map((d) => `${d.severity} ${d.code}: ${d.message}`);
}

function refusal(build: (w: QuantizedWriter) => string, options = {}): string {
  let found = '';
  assert.throws(
    () => imported(build, options),
    (thrown) => {
      assert.ok(thrown instanceof CrimpError);
      assert.equal(thrown.diagnostics.filter((d) => d.severity === 'error').length, 1, thrown.message);
      found = thrown.message;
      return true;
    },
  );
  return found;
}

const conv = (w: QuantizedWriter, x: string, input: { scale: number }, options: object = {}) => {
  const layer = w.layer([4, 3, 3, 3], options);
  return w.node('Conv', [x, layer.real(), layer.bias(4, input.scale).real()], { kernel_shape: [3, 3] });
};

test('networks become integer graphs, with no transpose, that agree with ONNX Runtime', async () => {
  const check = async (bytes: Uint8Array, least: Pick<Agreement, 'equal' | 'withinOneStep'>) => {
    const { graph, outputs } = await agreement(bytes, 20);
    const [found] = outputs as [Agreement];
    const shown = JSON.stringify(found);
    assert.ok(
      found.equal >= least.equal && found.withinOneStep >= least.withinOneStep && found.top === 1,
      shown,
    );
    assert.ok(!typesOf(graph).includes('TRANSPOSE'));
    const again = importModel(exportOnnx(graph), { name: graph.name, file: 'again.onnx' });
    assert.equal(hashGraph(again), hashGraph(graph));
    return graph;
  };
  const graphs = [
    await check(qdqCnn(), { equal: 0.95, withinOneStep: 0.99 }),
    await check(qdqCnn({ perChannel: false, type: 'int8' }), { equal: 0.95, withinOneStep: 0.99 }),
    await check(qdqMlp(), { equal: 0.95, withinOneStep: 1 }),
    await check(qlinearCnn(), { equal: 0.7, withinOneStep: 0.99 }),
  ];
  for (const graph of graphs) {
    const inside = graph.ops.filter((op) => op.type !== 'QUANTIZE' && op.type !== 'DEQUANTIZE');
    for (const op of inside) {
      for (const tensor of tensorsOf(graph, [...op.inputs, ...op.outputs]))
        assert.notEqual(tensor.dtype, 'float32');
    }
  }
  const [uint8, , , qlinear] = graphs as [Graph, Graph, Graph, Graph];
  assert.deepEqual(typesOf(uint8), [
    'QUANTIZE',
    'CONV_2D',
    'PAD',
    'MAX_POOL_2D',
    'DEPTHWISE_CONV_2D',
    'CONV_2D',
    'ADD',
    'MEAN',
    'RESHAPE',
    'FULLY_CONNECTED',
    'SOFTMAX',
    'DEQUANTIZE',
  ]);
  assert.deepEqual(uint8.channelsFirst, [true]);
  const [image] = tensorsOf(qlinear, qlinear.inputs);
  assert.deepEqual([image!.dtype, image!.quantization!.zeroPoint[0]], ['int8', u8(-1, 1).zeroPoint - 128]);
  await proveGraphs([uint8, qlinear]);
});

/** Where more than a few values differ, TensorFlow Lite Micro rounds twice: to the scale that it asks for, then to the file's. */
test('each operator alone is within one step of ONNX Runtime, and as a rule equal', async () => {
  const w = quantizedWriter({ ...microsoft, seed: 3, opset: 14 });
  const [x, y] = [u8(-1.9, 2.1), u8(-2.5, 2.4)];
  const image = w.dq(w.input('image', [1, 6, 9, 9], onnxTypes.uint8), x);
  const other = w.dq(w.input('other', [1, 6, 9, 9], onnxTypes.uint8), y);
  const layer = w.layer([8, 6, 3, 3], { axis: 0 });
  const depthwise = w.layer([6, 1, 3, 3], { type: 'uint8' });
  const values = w.dq(w.input('values', [20, 12], onnxTypes.uint8), x);
  const dense = w.layer([12, 10], { axis: 1 });
  const window = { kernel_shape: [3, 3], strides: [2, 2] };
  const probability = { scale: 1 / 256, zeroPoint: 0, type: 'uint8' } as const;
  const cases: readonly (readonly [least: number, value: string, scale?: Scale])[] = [
    [0.99, w.node('Conv', [image, layer.real(), layer.bias(8, x.scale).real()], window)],
    [0.99, w.node('Conv', [image, depthwise.real()], { kernel_shape: [3, 3], group: 6 })],
    [0.99, w.node('MatMul', [values, dense.real()])],
    [0.99, w.node('Add', [image, other]), u8(-4, 4.1)],
    [0.99, w.node('Sub', [image, other]), u8(-4, 4.1)],
    [0.99, w.node('Mul', [image, other]), u8(-4.9, 5)],
    [0.99, w.node('Add', [image, w.dq(w.numbers(2, [3, 250, 9, 80, 130, 200], [6, 1, 1]), y)]), u8(-4, 4.1)],
    [0.99, w.node('Mul', [image, w.floats([0.7], [])])],
    [0.85, w.node('LeakyRelu', [image], { alpha: 0.23 })],
    [0.99, w.node('MaxPool', [image], { ...window, pads: [1, 1, 1, 1] }), x],
    [0.99, w.node('AveragePool', [image], window), x],
    [0.6, w.node('AveragePool', [image], window)],
    [0.7, w.node('GlobalAveragePool', [image])],
    [0.99, w.node('Sigmoid', [values]), probability],
    [0.7, w.node('Sigmoid', [values]), u8(0, 0.93)],
    [0.99, w.node('Tanh', [values]), { scale: 1 / 128, zeroPoint: 128, type: 'uint8' }],
    [0.99, w.node('Softmax', [values], { axis: 1 }), probability],
    [0.98, w.node('Concat', [image, other], { axis: 1 })],
    [0.99, w.node('HardSwish', [image])],
    [0.9, w.node('Clip', [w.node('LeakyRelu', [image]), w.floats([-0.4], []), w.floats([1.3], [])])],
  ];
  const { graph, outputs } = await agreement(
    w.bytes(...cases.map(([, value, scale]) => w.q(value, scale ?? u8(-1.7, 1.6)))),
    2,
  );
  assert.ok(!graph.tensors.some((tensor) => tensor.dtype === 'float32'));
  const wrong = outputs.filter(({ most, equal }, i) => most > 1 || equal < cases[i]![0]);
  assert.deepEqual(wrong, []);
});

test('uint8 becomes int8 by a zero point 128 lower, and the real values stay', () => {
  const graph = imported((w) => {
    const x = w.dq(w.input('x', [1, 3, 8, 8], onnxTypes.uint8), u8(-1, 1));
    return w.q(w.node('Relu', [conv(w, x, u8(-1, 1), { type: 'uint8' })]), u8(0, 4));
  });
  assert.deepEqual(typesOf(graph), ['CONV_2D']);
  const [op] = graph.ops as [AnyOp];
  const [x, weights, bias, y] = tensorsOf(graph, [...op.inputs, ...op.outputs]) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  assert.deepEqual(
    [x.name, x.dtype, x.quantization!.scale[0], x.quantization!.zeroPoint[0]],
    ['x', 'int8', u8(-1, 1).scale, u8(-1, 1).zeroPoint - 128],
  );
  assert.deepEqual([weights.dtype, weights.quantization!.zeroPoint[0], bias.dtype], ['int8', 0, 'int32']);
  assert.equal(
    bias.quantization!.scale[0],
    Math.fround(x.quantization!.scale[0]! * weights.quantization!.scale[0]!),
  );
  assert.deepEqual(
    [y.quantization!.zeroPoint[0], (op.attributes as { activation: string }).activation],
    [-128, 'RELU'],
  );
});

test('biases: as they are, on another scale, real, or added behind the layer', () => {
  const x = s8(-1, 1);
  const gemm = (w: QuantizedWriter, bias: (products: readonly number[]) => string) => {
    const layer = w.layer([4, 6], { axis: 0 });
    const products = layer.scales.map((s) => Math.fround(s * x.scale));
    return w.qdq(
      w.node('Gemm', [w.qdq(w.input('x', [1, 6]), x), layer.real(), bias(products)], { transB: 1 }),
      s8(-3, 3),
    );
  };
  const dq = (w: QuantizedWriter, values: readonly number[], scales: readonly number[]) =>
    w.node('DequantizeLinear', [w.numbers(onnxTypes.int32, values, [4]), w.floats(scales)], { axis: 0 });
  const biasOf = (graph: Graph) => graph.tensors[graph.ops[1]!.inputs[2]!]!;
  const far = [1_000_000_007, -1_000_000_009, 3, 0];
  assert.deepEqual([...(biasOf(imported((w) => gemm(w, (p) => dq(w, far, p)))).data as Int32Array)], far);
  const halved = imported((w) =>
    gemm(w, (p) =>
      dq(
        w,
        [10, -20, 3, 7],
        p.map((s) => s * 2),
      ),
    ),
  );
  assert.deepEqual([...(biasOf(halved).data as Int32Array)], [20, -40, 6, 14]);
  const real = (w: QuantizedWriter) => gemm(w, (p) => w.floats(p.map((s, i) => s * (100 + i))));
  assert.deepEqual([...(biasOf(imported(real)).data as Int32Array)], [100, 101, 102, 103]);
  assert.deepEqual(notesOf(real), [
    'note float-bias: a bias is float32; it becomes integers on the scale of input × weights',
  ]);
  const behind = imported((w) => {
    const layer = w.layer([6, 4], { axis: 1 });
    const product = w.node('MatMul', [w.qdq(w.input('x', [1, 6]), x), layer.real()]);
    return w.qdq(w.node('Relu', [w.node('Add', [layer.bias(4, x.scale).real(), product])]), s8(0, 3));
  });
  assert.deepEqual(typesOf(behind), ['QUANTIZE', 'FULLY_CONNECTED', 'DEQUANTIZE']);
  assert.equal((behind.ops[1]!.attributes as { activation: string }).activation, 'RELU');
});

test('weights: real behind QuantizeLinear, or moved behind DequantizeLinear', () => {
  const x = s8(-1, 1);
  const weightsOf = (weights: (w: QuantizedWriter) => string) => {
    const graph = imported((w) => {
      const input = w.dq(w.input('x', [1, 3], onnxTypes.int8), x);
      return w.q(w.node('Gemm', [input, weights(w)], { transB: 1 }), s8(-3, 3));
    });
    assert.deepEqual(typesOf(graph), ['FULLY_CONNECTED']);
    const { data, shape, quantization } = graph.tensors[graph.ops[0]!.inputs[1]!]!;
    return [[...(data as Int8Array)], [...shape], [...quantization!.scale]];
  };
  const scale = { scale: 0.5, zeroPoint: 0, type: 'int8' } as const;
  // To even where a value lies between two.
  const real = weightsOf((w) => w.qdq(w.floats([0.25, 0.75, -0.25, 100, -100, 1], [2, 3]), scale));
  assert.deepEqual(real, [[0, 2, 0, 127, -128, 2], [2, 3], [0.5]]);
  const moved = weightsOf((w) => {
    const weights = w.numbers(onnxTypes.int8, [1, 2, 3, 4, 5, 6], [3, 1, 2]);
    const dq = w.node('DequantizeLinear', [weights, w.floats([0.5, 0.25])], { axis: 2 });
    return w.node('Transpose', [w.node('Reshape', [dq, w.integers([3, 2])])], { perm: [1, 0] });
  });
  assert.deepEqual(moved, [
    [1, 3, 5, 2, 4, 6],
    [2, 3],
    [0.5, 0.25],
  ]);
});

test('clamps that quantization makes already are none; others stay', () => {
  const clamped = (type: string, limits: readonly number[], to = s8(0, 6)) =>
    imported((w) => {
      const x = w.qdq(w.input('x', [1, 1, 4, 4]), s8(-1, 1));
      const mean = w.node('GlobalAveragePool', [x]);
      return w.qdq(w.node(type, [mean, ...limits.map((l) => w.floats([l], []))]), to);
    });
  const relu = clamped('Relu', []);
  assert.deepEqual(typesOf(relu).slice(1), ['MEAN', 'DEQUANTIZE']);
  assert.deepEqual(typesOf(clamped('Clip', [0, 6])).slice(1), ['MEAN', 'DEQUANTIZE']);
  assert.deepEqual(typesOf(clamped('Clip', [0, 6], s8(-1, 6))).slice(1), ['MEAN', 'RELU6', 'DEQUANTIZE']);
  assert.deepEqual(typesOf(clamped('Clip', [-0.5, 0.5], s8(-1, 1))).slice(1), [
    'MEAN',
    'MAXIMUM',
    'MINIMUM',
    'DEQUANTIZE',
  ]);
});

test('parameters that TensorFlow Lite Micro has fixed or shares are changed by QUANTIZE', () => {
  const sigmoid = (to: ReturnType<typeof s8>) =>
    typesOf(
      imported((w) => w.q(w.node('Sigmoid', [w.dq(w.input('x', [1, 4], onnxTypes.int8), s8(-4, 4))]), to)),
    );
  assert.deepEqual(sigmoid({ scale: 1 / 256, zeroPoint: -128, type: 'int8' }), ['LOGISTIC']);
  assert.deepEqual(sigmoid(s8(0, 0.9)), ['LOGISTIC', 'QUANTIZE']);
  const joined = imported((w) => {
    const parts = [s8(-1, 1), s8(-2, 2), s8(-3, 3)].map((s, i) =>
      w.dq(w.input(`x${i}`, [1, 4], onnxTypes.int8), s),
    );
    return w.q(w.node('Concat', parts, { axis: 1 }), s8(-2, 2));
  });
  assert.deepEqual(typesOf(joined), ['QUANTIZE', 'QUANTIZE', 'CONCATENATION']);
  const pooled = imported((w) =>
    w.q(
      w.node('AveragePool', [w.dq(w.input('x', [1, 2, 4, 4], onnxTypes.int8), s8(-1, 1))], {
        kernel_shape: [2, 2],
      }),
      s8(-0.7, 0.7),
    ),
  );
  assert.deepEqual(typesOf(pooled), ['AVERAGE_POOL_2D', 'QUANTIZE']);
});

test('views and moves between layers stay integer, with each DequantizeLinear of its own', () => {
  const graph = imported((w) => {
    const p = s8(-1, 1);
    const q = w.q(w.input('x', [1, 4, 6]), p);
    const [a, b] = w.nodes('Split', [w.dq(q, p)], { axis: 2 }, 2);
    const sum = w.qdq(
      w.node('Add', [
        w.node('Transpose', [a!], { perm: [0, 2, 1] }),
        w.node('Transpose', [b!], { perm: [0, 2, 1] }),
      ]),
      s8(-2, 2),
    );
    const same = w.node('Slice', [w.dq(q, p), w.integers([0]), w.integers([3]), w.integers([1])]);
    const padded = w.node('Pad', [same, w.integers([0, 0, 0, 0, 1, 0])]);
    return [sum, w.qdq(w.node('Reshape', [padded, w.integers([1, 24])]), p)];
  });
  assert.deepEqual(
    graph.ops.filter((op) => tensorsOf(graph, op.outputs)[0]!.dtype === 'float32').map((op) => op.type),
    ['DEQUANTIZE', 'DEQUANTIZE'],
  );
  assert.equal(typesOf(graph).filter((type) => type === 'QUANTIZE').length, 1);
});

test('a value that is quantized twice is computed once, over the wider range', () => {
  const graph = imported((w) => {
    const x = w.dq(w.input('x', [1, 4], onnxTypes.int8), s8(-1, 1));
    const layer = w.layer([4, 4], { axis: 0 });
    const y = w.node('Gemm', [x, layer.real()], { transB: 1 });
    return [w.q(y, s8(-2, 2)), w.q(y, s8(-3, 3)), w.q(y, s8(-3, 3))];
  });
  assert.deepEqual(typesOf(graph), ['FULLY_CONNECTED', 'QUANTIZE']);
  const [layer, narrower] = graph.ops as [AnyOp, AnyOp];
  assert.deepEqual(graph.outputs, [narrower.outputs[0], layer.outputs[0], layer.outputs[0]]);
});

test('what nothing quantizes is computed in float32, and said', () => {
  const island = (w: QuantizedWriter) => {
    const x = w.dq(w.input('x', [1, 8], onnxTypes.int8), s8(-1, 1));
    return w.q(w.node('Exp', [w.node('Softmax', [x])]), s8(0, 3));
  };
  assert.deepEqual(typesOf(imported(island)), ['DEQUANTIZE', 'SOFTMAX', 'EXP', 'QUANTIZE']);
  assert.match(notesOf(island).join(), /^warning float-operators: 2 operators compute in float32.*SOFTMAX/);
  // Weights alone: a float model.
  // A limit that no integer is, and nothing that would round it: real values are clamped.
  const clamp = (w: QuantizedWriter, limit: number) => {
    const x = w.dq(w.input('x', [1, 8], onnxTypes.int8), { scale: 0.25, zeroPoint: 0, type: 'int8' });
    return w.node('Exp', [w.node('Max', [x, w.floats([limit], [])])]);
  };
  assert.deepEqual(typesOf(imported((w) => clamp(w, 0.3))), ['DEQUANTIZE', 'MAXIMUM', 'EXP']);
  // A function of one value between integers becomes a table.
  const table = (w: QuantizedWriter) => {
    const x = w.dq(w.input('x', [1, 8], onnxTypes.int8), s8(-4, 4));
    return w.q(w.node('Mul', [x, w.node('Sigmoid', [x])]), s8(-1, 4));
  };
  assert.deepEqual(notesOf(table), []);
  assert.deepEqual(typesOf(optimize(imported(table))), ['LOOKUP_TABLE']);
  const hybrid = (w: QuantizedWriter) =>
    conv(w, w.input('x', [1, 3, 5, 5]), { scale: 1 }, { type: 'uint8', zeroPoint: 120 });
  const weightsOnly = imported(hybrid);
  assert.deepEqual(typesOf(weightsOnly), ['CONV_2D']);
  assert.deepEqual(notesOf(hybrid), [
    'note hybrid-model: has float32 activations, and quantized weights in 1 of 1 layers',
  ]);
  for (const tensor of weightsOnly.tensors) assert.equal(tensor.dtype, 'float32');
});

test('int16 activations and int4 weights', async () => {
  const p = { scale: 1 / 8192, zeroPoint: 0, type: 'int16' } as const;
  const build = (w: QuantizedWriter) => {
    const layer = w.layer([4, 6], { axis: 0 });
    const x = w.qdq(w.input('x', [1, 6]), p);
    return w.qdq(w.node('Gemm', [x, layer.real(), layer.bias(4, p.scale).real()], { transB: 1 }), p);
  };
  const wide = imported(build, { opset: 21 });
  assert.deepEqual(
    tensorsOf(wide, wide.ops[1]!.inputs).map((t) => t.dtype),
    ['int16', 'int8', 'int64'],
  );
  const w = quantizedWriter({ ...microsoft, domain: 'com.microsoft' });
  const { outputs } = await agreement(w.bytes(build(w)), 5);
  assert.equal(outputs[0]!.withinOneStep, 1);
  const narrow = imported(
    (w) => {
      const layer = w.layer([5, 7], { type: 'int4' });
      return w.q(
        w.node('Gemm', [w.dq(w.input('x', [1, 7], onnxTypes.int8), s8(-1, 1)), layer.real()], { transB: 1 }),
        s8(-3, 3),
      );
    },
    { opset: 21 },
  );
  const [weights] = tensorsOf(narrow, narrow.ops[0]!.inputs.slice(1));
  assert.equal(weights!.dtype, 'int4');
  assert.ok(
    (weights!.data as Int8Array).some((q) => q < -3) &&
      (weights!.data as Int8Array).every((q) => q >= -8 && q <= 7),
  );
  await proveGraphs([wide, narrow]);
});

test('what cannot be taken is refused with what to do', () => {
  const x = (w: QuantizedWriter) => w.qdq(w.input('x', [1, 3, 8, 8]), s8(-1, 1));
  assert.match(
    refusal((w) => w.qdq(conv(w, x(w), s8(-1, 1), { zeroPoint: 3 }), s8(-1, 1))),
    /op \d+ CONV_2D.*its weights "w\d+" have zero point 3.*\n.*Quantize weights symmetrically/,
  );
  const perChannel = (w: QuantizedWriter) =>
    w.node(
      'QuantizeLinear',
      [w.input('x', [1, 3, 8, 8]), w.floats([1, 2, 3]), w.numbers(3, [0, 0, 0], [3])],
      { axis: 1 },
    );
  assert.match(
    refusal(perChannel),
    /quantizes an activation by 3 scales; .* quantize activations per tensor/,
  );
  const wide = { scale: 1 / 8192, zeroPoint: 5, type: 'int16' } as const;
  assert.match(
    refusal((w) => w.qdq(w.input('x', [1, 3]), wide), { opset: 21 }),
    /int16 activations with zero point 5.*symmetrically/,
  );
  assert.match(
    refusal((w) => w.nodes('DynamicQuantizeLinear', [w.input('x', [1, 3])], {}, 3)[0]!),
    /quantizes while the model runs; give crimp the float model: `crimp quantize`/,
  );
  const blocks = (w: QuantizedWriter) =>
    w.node('DequantizeLinear', [w.numbers(3, [1, 2, 3, 4], [4]), w.floats([1, 2])], {
      block_size: 2,
      axis: 0,
    });
  assert.match(
    refusal((w) => w.node('Add', [w.input('x', [4]), blocks(w)]), { opset: 21 }),
    /a scale for each block of values/,
  );
  assert.match(
    refusal((w) => w.node('Relu', [w.q(w.input('x', [1, 3]), s8(-1, 1))])),
    /computes with quantized integers as they stand/,
  );
  const pool = (w: QuantizedWriter) =>
    w.node(
      'com.microsoft.QLinearGlobalAveragePool',
      [w.input('x', [1, 4, 4, 3], 2), ...w.parameters(u8(0, 1)), ...w.parameters(u8(0, 1))],
      { channels_last: 1 },
    );
  assert.match(refusal(pool, microsoft), /has the channels last/);
  assert.match(
    refusal((w) => w.qdq(w.input('x', [3]), { scale: 0, zeroPoint: 0, type: 'int8' })),
    /has the scale 0/,
  );
});
