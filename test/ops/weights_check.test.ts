/** What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED refuse: each reason alone, several at once, and no throw. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { perChannel, perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { AnyOp, Graph, Op, Tensor } from '../../src/graph/graph.js';
import { definitionOf } from '../../src/ops/registry.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';

const one = { height: 1, width: 1 };

/** A sound int8 graph: tensors 0 weights, 1 bias, 2 input, 3 output. */
function sound(type: 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED'): Graph {
  const quantization = perTensor(0.5, 0);
  const [shape, weights] = {
    CONV_2D: [
      [1, 4, 4, 4],
      [4, 3, 3, 4],
    ],
    DEPTHWISE_CONV_2D: [
      [1, 4, 4, 4],
      [1, 3, 3, 4],
    ],
    FULLY_CONNECTED: [
      [4, 4],
      [4, 4],
    ],
  }[type] as [number[], number[]];
  const n = weights.reduce((a, b) => a * b, 1);
  const window = { padding: 'SAME', stride: one, dilation: one, activation: 'NONE' } as const;
  const attributes = {
    CONV_2D: window,
    DEPTHWISE_CONV_2D: { ...window, depthMultiplier: 1 },
    FULLY_CONNECTED: { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' },
  }[type];
  return {
    name: 'sound',
    tensors: [
      { name: 'w', dtype: 'int8', shape: weights, quantization, data: new Int8Array(n) },
      { name: 'b', dtype: 'int32', shape: [4], quantization: perTensor(0.25, 0), data: new Int32Array(4) },
      { name: 'x', dtype: 'int8', shape, quantization },
      { name: 'y', dtype: 'int8', shape, quantization },
    ],
    ops: [{ type, name: 'y', inputs: [2, 0, 1], outputs: [3], attributes } as unknown as AnyOp],
    inputs: [2],
    outputs: [3],
  };
}

/** The graph with tensor i changed. */
function withTensor(graph: Graph, i: number, change: Partial<Tensor>): Graph {
  return { ...graph, tensors: graph.tensors.map((t, j) => (i === j ? { ...t, ...change } : t)) };
}

function withOp(graph: Graph, change: { inputs?: number[]; attributes?: object }): Graph {
  const op = graph.ops[0]!;
  const attributes = { ...op.attributes, ...change.attributes };
  return { ...graph, ops: [{ ...op, ...change, attributes } as AnyOp] };
}

function messages(graph: Graph): string[] {
  const op = graph.ops[0] as Op;
  return definitionOf(op)
    .check(op, graph)
    .map((p) => {
      assert.ok(p.hint.length > 0, `${p.message}: no hint`);
      return `${p.code}: ${p.message}`;
    });
}

const int16 = (graph: Graph, zeroPoint: number) =>
  [2, 3].reduce(
    (g, i) => withTensor(g, i, { dtype: 'int16', quantization: perTensor(0.5, zeroPoint) }),
    graph,
  );
const int64Bias = (value: bigint) => ({
  dtype: 'int64' as const,
  data: new BigInt64Array(4).fill(value),
});

for (const type of ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'] as const) {
  describe(type, () => {
    const g = sound(type);
    const axis = type === 'DEPTHWISE_CONV_2D' ? 3 : 0;
    const cases: [string, Graph, RegExp][] = [
      ['too few inputs', withOp(g, { inputs: [2] }), /op-inputs/],
      ['no weights', withOp(g, { inputs: [2, -1, 1] }), /op-inputs: lacks its input 1/],
      ['hybrid', withTensor(withTensor(g, 2, { dtype: 'float32' }), 3, { dtype: 'float32' }), /hybrid/],
      ['uint8', withTensor(g, 2, { dtype: 'uint8' }), /op-dtypes/],
      ['computed weights', withTensor(g, 0, { data: undefined }), /not-constant: its weights/],
      ['computed bias', withTensor(g, 1, { data: undefined }), /not-constant: its bias/],
      ['bias dtype', withTensor(g, 1, { dtype: 'int16', data: new Int16Array(4) }), /int16 bias/],
      ['bias length', withTensor(g, 1, { shape: [3], data: new Int32Array(3) }), /3 bias values for 4/],
      ['no input scale', withTensor(g, 2, { quantization: undefined }), /input "x" has no scale/],
      ['no output scale', withTensor(g, 3, { quantization: undefined }), /output "y" has no scale/],
      ['no weights scale', withTensor(g, 0, { quantization: undefined }), /weights "w" have no scale/],
      ['zero scale', withTensor(g, 3, { quantization: perTensor(0, 0) }), /output "y" has the scale 0/],
      ['NaN scale', withTensor(g, 0, { quantization: perTensor(Number.NaN, 0) }), /have the scale NaN/],
      ['weights zero point', withTensor(g, 0, { quantization: perTensor(0.5, 3) }), /zero point 3/],
      [
        'axis',
        withTensor(g, 0, { quantization: perChannel(new Float32Array(4).fill(1), 1) }),
        /along axis 1/,
      ],
      [
        'scales',
        withTensor(g, 0, { quantization: perChannel(new Float32Array(3).fill(1), axis) }),
        /3 scales/,
      ],
      ['huge', withTensor(g, 3, { quantization: perTensor(1e-12, 0) }), /beyond 2\^30/],
      ['activation', withOp(g, { attributes: { activation: 'GELU' } }), /unknown fused activation GELU/],
      ['int16 zero point', withTensor(int16(g, 5), 1, int64Bias(0n)), /zero point 5, not 0/],
      ['int64 bias', withTensor(int16(g, 0), 1, int64Bias(1n << 50n)), /op-range/],
    ];
    test('the graph they start from is sound', () => assert.deepEqual(checkGraph(g), []));
    for (const [name, graph, expected] of cases) {
      test(name, () => assert.match(messages(graph).join('\n'), expected));
    }
    test('a bound of the activation beyond 32 bits, as TFLM takes it', () => {
      const tiny = (scale: number, activation: string) => {
        const quantized = [0, 2, 3].reduce(
          (h, i) => withTensor(h, i, { quantization: perTensor(scale, 0) }),
          g,
        );
        const bias = withTensor(quantized, 1, { quantization: perTensor(scale * scale, 0) });
        return messages(withOp(bias, { attributes: { activation } })).join();
      };
      assert.match(tiny(2 ** -29, 'RELU6'), /too small for RELU6/);
      assert.equal(tiny(2 ** -28, 'RELU6'), '');
      assert.equal(tiny(2 ** -31, 'RELU_N1_TO_1'), '');
      assert.match(tiny(2 ** -32, 'RELU_N1_TO_1'), /too small for RELU_N1_TO_1/);
    });
    test('several reasons at once', () => {
      const broken = withTensor(withTensor(g, 1, { shape: [3], data: new Int32Array(3) }), 2, {
        quantization: undefined,
      });
      assert.equal(messages(withTensor(broken, 0, { quantization: undefined })).length, 3);
    });
  });
}

describe('windows', () => {
  for (const type of ['CONV_2D', 'DEPTHWISE_CONV_2D'] as const) {
    const g = sound(type);
    const refuses = (attributes: object, expected: RegExp) =>
      assert.match(messages(withOp(g, { attributes })).join('\n'), expected);
    test(`${type}: padding, stride, dilation, filter, rank`, () => {
      refuses({ padding: 'EXPLICIT' }, /unknown padding EXPLICIT/);
      refuses({ stride: { height: 0, width: 1 } }, /stride 0/);
      refuses({ dilation: { height: 1, width: 0.5 } }, /dilation 0.5/);
      refuses({ padding: 'VALID', dilation: { height: 2, width: 1 } }, /larger than its input/);
      assert.match(messages(withTensor(g, 2, { shape: [4, 4, 4] })).join(), /rank 4/);
    });
  }
  test('CONV_2D: channels that do not split into groups', () => {
    const g = sound('CONV_2D');
    const weights = (n: number, c: number) => ({ shape: [n, 3, 3, c], data: new Int8Array(n * 9 * c) });
    assert.match(messages(withTensor(g, 0, weights(4, 3))).join(), /cannot split 4 input/);
    assert.match(messages(withTensor(g, 0, weights(5, 2))).join(), /5 output channels/);
  });
  test('DEPTHWISE_CONV_2D: the depth multiplier', () => {
    const g = withOp(sound('DEPTHWISE_CONV_2D'), { attributes: { depthMultiplier: 2 } });
    assert.match(messages(g).join(), /need \[1,h,w,8\]/);
  });
  test('DEPTHWISE_CONV_2D: an int16 op takes no int32 bias, which TFLM would read as int64', () => {
    assert.match(messages(int16(sound('DEPTHWISE_CONV_2D'), 0)).join(), /int32 bias where int16 needs int64/);
  });
});

describe('FULLY_CONNECTED alone', () => {
  const g = sound('FULLY_CONNECTED');
  test('a bias of another scale, as GetQuantizedConvolutionMultipler refuses it', () => {
    // |0.5 · 0.5 − s| / 0.5 ≤ 0.02
    assert.deepEqual(messages(withTensor(g, 1, { quantization: perTensor(0.259, 0) })), []);
    assert.match(
      messages(withTensor(g, 1, { quantization: perTensor(0.261, 0) })).join(),
      /bias scaled by 0.261/,
    );
  });
  test('rows, weights format, int4 with many scales', () => {
    assert.match(messages(withTensor(g, 2, { shape: [3, 3] })).join(), /rows of 4/);
    const shuffled = withOp(g, { attributes: { weightsFormat: 'SHUFFLED4x16INT8' } });
    assert.match(messages(shuffled).join(), /SHUFFLED4x16INT8/);
    const quantization = perChannel(new Float32Array(4).fill(0.5), 0);
    assert.match(
      messages(withTensor(g, 0, { dtype: 'int4', quantization })).join(),
      /int4 weights with a scale/,
    );
  });
});

test('check never throws, whatever is missing or odd in a structurally sound graph', () => {
  const graphs = fc.oneof(conv2dGraph, depthwiseConv2dGraph, fullyConnectedGraph);
  const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 });
  const scales = fc.array(fc.constantFrom(0, -1, 1e-40, 0.1, 1e38, Number.NaN), { maxLength: 4 });
  const dtype = fc.constantFrom(
    'int4',
    'int8',
    'uint8',
    'int16',
    'int32',
    'int64',
    'float32',
    'bool' as const,
  );
  const changes = fc.record(
    {
      shape,
      dtype,
      data: fc.constant(undefined),
      quantization: fc.option(
        scales.map((s) => ({ scale: Float32Array.from(s), zeroPoint: Int32Array.from(s, () => 0), axis: 7 })),
        { nil: undefined },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      graphs,
      fc.nat(3),
      changes,
      fc.array(fc.integer({ min: -1, max: 3 })),
      (graph, i, change, inputs) => {
        const broken = withTensor(graph, i % graph.tensors.length, change as Partial<Tensor>);
        const rewired = withOp(broken, { inputs: inputs.map((t) => Math.min(t, graph.tensors.length - 1)) });
        for (const g of [broken, rewired]) assert.ok(Array.isArray(messages(g)));
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});
