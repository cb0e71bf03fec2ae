/** Graphs exported as ONNX: what ONNX Runtime makes of them beside the simulator, and how the files look. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { convertFile } from '../../src/convert_file.js';
import { CrimpError } from '../../src/diagnostics.js';
import { exportOnnx, onnxModelOf } from '../../src/exporters/onnx/export.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { decodeModel, toNumber } from '../../src/formats/onnx/schema.js';
import { decode } from '../../src/formats/tflite/data.js';
import { byteSize, elementCount } from '../../src/graph/access.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import { dumpGraph } from '../../src/graph/dump.js';
import type { DType, Graph, OpType, TensorData } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { readModelFile } from '../../src/model_file.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { batchMatmulGraph } from '../property/arbitraries/batch_matmul.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { concatenationGraph } from '../property/arbitraries/concatenation.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { elementwiseGraph, elementwiseTypes } from '../property/arbitraries/elementwise.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import {
  broadcastArgsGraph,
  dynamicUpdateSliceGraph,
  embeddingLookupGraph,
} from '../property/arbitraries/indexed.js';
import { lstmGraph } from '../property/arbitraries/lstm.js';
import { movements } from '../property/arbitraries/movement.js';
import { pairGraph, pairTypes } from '../property/arbitraries/pair.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { argExtremumGraph, padGraph, reductionGraph } from '../property/arbitraries/reduce.js';
import { resizeGraph } from '../property/arbitraries/resize.js';
import { softmaxGraph } from '../property/arbitraries/softmax.js';
import { addNGraph, cumsumGraph } from '../property/arbitraries/sums.js';
import { svdfGraph } from '../property/arbitraries/svdf.js';
import { transposeConvGraph } from '../property/arbitraries/transpose_conv.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { variableGraph } from '../property/arbitraries/variable.js';
import { random, randomActivation, randomData } from '../property/random.js';
import { goldenGraph, goldenNames, readGolden, withoutGoldens } from '../support/golden.js';
import { ad, fixtures, floatInterface, ic, kws, personDetect, vww } from '../support/models.js';
import { codesOf, oneOp } from '../support/one_op.js';
import { type Difference, differences } from '../support/onnx_export.js';

/** Relative to what is greater than 1: sums in another order, and functions of another libm. */
const float32Tolerance = 2 ** -19;

/** Steps where TFLM's int16 kernel is a coarse table, or rounds every step of a sequence; 1 anywhere else. */
const int16Steps: Partial<Record<OpType, number>> = {
  LOGISTIC: 4,
  RSQRT: 2,
  SOFTMAX: 64,
  TANH: 8,
  UNIDIRECTIONAL_SEQUENCE_LSTM: 128,
};

const comparisons = new Set<string>(['EQUAL', 'NOT_EQUAL', 'GREATER', 'GREATER_EQUAL', 'LESS', 'LESS_EQUAL']);

/** Undefined when the outputs are as near as they ought to be. */
function complaint(graph: Graph, { dtype, quantized, most, equal, values }: Difference): string | undefined {
  const type = graph.ops[0]!.type;
  // Of two int8 with scales of their own TFLM compares 256ths.
  if (comparisons.has(type) && graph.tensors[graph.ops[0]!.inputs[0]!]!.dtype === 'int8') {
    return equal >= 0.9 * values ? undefined : `only ${equal} of ${values} equal`;
  }
  const steps = dtype === 'int16' ? (int16Steps[type] ?? 1) : 1;
  const allowed = dtype === 'float32' ? float32Tolerance : quantized ? steps : 0;
  return most <= allowed ? undefined : `differs by ${most}, more than ${allowed}`;
}

/** What TFLM's kernels wrap, no runtime that computes with real numbers does: scales and biases that no trained model has. */
function wraps(graph: Graph): boolean {
  const { type, inputs, outputs } = graph.ops[0]!;
  const first = graph.tensors[graph.inputs[0]!]!;
  const scale = (t: number | undefined) => Math.max(...(graph.tensors[t ?? -1]?.quantization?.scale ?? [1]));
  const [a, b] = type === 'TRANSPOSE_CONV' ? [inputs[2], inputs[1]] : inputs;
  if (multiplies.has(type) && scale(a) * scale(b) > scale(outputs[0])) return true;
  if (type === 'SVDF') return graph.tensors.some((t) => t.initial && t.quantization?.zeroPoint[0] !== 0);
  if (type === 'SQUARED_DIFFERENCE') return first.dtype === 'int16';
  return graph.tensors.some(({ data }) => {
    return (
      data instanceof BigInt64Array && multiplies.has(type) && data.some((v) => v !== BigInt.asIntN(31, v))
    );
  });
}

const multiplies = new Set<string>([
  'BATCH_MATMUL',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'MUL',
  'TRANSPOSE_CONV',
]);

const real = ['int8', 'int16', 'float32'] as const;
const same = (...dtypes: readonly DType[]) => dtypes.map((dtype) => [dtype, dtype] as const);

const moved = (type: keyof typeof movements): fc.Arbitrary<Graph> =>
  fc
    .record({
      dtype: fc.constantFrom<DType>('int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool'),
      seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    })
    .map(({ dtype, seed }) => {
      const rng = random(seed);
      const draw = (): Graph => {
        const graph = movements[type](rng, dtype);
        return codesOf(graph).length > 0 ? draw() : graph;
      };
      return draw();
    });

const families: Readonly<Record<string, readonly fc.Arbitrary<Graph>[]>> = {
  'layers with weights': [
    conv2dGraph,
    depthwiseConv2dGraph,
    transposeConvGraph,
    fullyConnectedGraph,
    batchMatmulGraph,
  ],
  'layers with state': [lstmGraph, svdfGraph, variableGraph],
  'functions of one value': [
    ...elementwiseTypes.map((type) => elementwiseGraph(type)),
    softmaxGraph,
    unaryGraph('RELU', same(...real)),
    unaryGraph('RELU6', same(...real)),
    unaryGraph('QUANTIZE', [
      ...(['int8', 'uint8', 'int16'] as const).map((to) => ['float32', to] as const),
      ...(['int8', 'uint8', 'int16', 'int32'] as const).map((to) => ['int8', to] as const),
      ['int16', 'int32'],
    ]),
    unaryGraph('DEQUANTIZE', [
      ['int8', 'float32'],
      ['uint8', 'float32'],
      ['int16', 'float32'],
    ]),
  ],
  'functions of two values': [
    ...(['ADD', 'SUB', 'MUL'] as const).map((type) => binaryGraph(type, [...real, 'int32'])),
    ...pairTypes.map(pairGraph),
    addNGraph(5),
  ],
  'pools, reductions and sizes': [
    ...(['AVERAGE_POOL_2D', 'MAX_POOL_2D', 'L2_POOL_2D'] as const).map(poolGraph),
    ...(['MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_ALL'] as const).map(reductionGraph),
    ...(['ARG_MAX', 'ARG_MIN'] as const).map(argExtremumGraph),
    ...(['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'] as const).map(resizeGraph),
    padGraph,
    concatenationGraph,
    cumsumGraph(3),
    embeddingLookupGraph,
    dynamicUpdateSliceGraph,
    broadcastArgsGraph,
  ],
  movements: (Object.keys(movements) as (keyof typeof movements)[]).map(moved),
};

/** Indices have to be some: of the first entry. */
function inputOf(graph: Graph, t: number, sample: number, seed: number): TensorData {
  const data = randomActivation(graph.tensors[t]!, sample, random(seed + sample));
  const { type, inputs } = graph.ops[0]!;
  const at = /^GATHER/.test(type) ? 1 : type === 'EMBEDDING_LOOKUP' ? 0 : -1;
  return t === inputs[at] && data instanceof Int32Array ? data.fill(0) : data;
}

for (const [family, arbitraries] of Object.entries(families)) {
  test(`ONNX Runtime computes what the simulator does: ${family}`, async (t) => {
    const problems: string[] = [];
    let [values, equal] = [0, 0];
    for (const arbitrary of arbitraries) {
      const drawn = fc.sample(arbitrary, { numRuns: 10, seed: 11 });
      const graphs = drawn.filter((graph) => !wraps(graph)).slice(0, 4);
      for (const [seed, graph] of graphs.entries()) {
        const samples = [0, 1].map((s) => graph.inputs.map((input) => inputOf(graph, input, s, seed)));
        const found = await differences(graph, samples).catch((failure: Error) => failure.message);
        const wrong = typeof found === 'string' ? found : found.flatMap((d) => complaint(graph, d) ?? [])[0];
        if (wrong) problems.push(`${wrong}\n${dumpGraph(graph)}${JSON.stringify(graph.ops[0]!.attributes)}`);
        for (const d of typeof found === 'string' ? [] : found.filter((d) => d.quantized)) {
          values += d.values;
          equal += d.equal;
        }
      }
    }
    assert.deepEqual(problems, []);
    if (values > 0) t.diagnostic(`${((100 * equal) / values).toFixed(2)} % of quantized values are equal`);
  });
}

test('so it does for the largest values of rows, and for values put at places', async () => {
  for (const dtype of ['int8', 'int32', 'float32'] as const) {
    const x = { shape: [2, 7], dtype };
    const drawn = oneOp('TOPK_V2', [x, 3], {}, { count: 2 });
    const tensors = drawn.tensors.map((t, i) =>
      i === drawn.outputs[1] ? { ...t, dtype: 'int32' as const } : t,
    );
    const shape = [2, 3];
    const topK = {
      ...drawn,
      tensors: tensors.map((t, i) => (drawn.outputs.includes(i) ? { ...t, shape } : t)),
    };
    const places = { shape: [3, 1], dtype: 'int32', data: Int32Array.of(1, 3, 1) } as const;
    const scatter = oneOp('SCATTER_ND', [places, { shape: [3, 2], dtype }, [4, 2]], {}, { dtype });
    for (const graph of [topK, scatter]) {
      assert.deepEqual(codesOf(graph), []);
      const count = elementCount(graph.tensors[graph.inputs[0]!]!.shape);
      for (const { most } of await differences(graph, [[randomData(dtype, count, random(7))]])) {
        assert.equal(most, 0, `${graph.ops[0]!.type} ${dtype}`);
      }
    }
  }
});

const zoo = { ad, ic, kws, personDetect, vww, ...fixtures };

function nodesOf(graph: Graph) {
  return decodeModel(exportOnnx(graph)).graph!;
}

test('inside of a CNN nothing is transposed, and at its border only where images have channels last', () => {
  for (const [name, model] of Object.entries(zoo)) {
    for (const dtype of ['int8', 'float32'] as const) {
      const graph = model(dtype);
      const moves = (g: Graph) => nodesOf(g).node.filter(({ opType }) => opType === 'Transpose');
      const isImage = graph.tensors[graph.outputs[0]!]!.shape.length > 2;
      assert.ok(
        moves(graph).length <= (isImage ? 2 : 1),
        `${name} ${dtype}: ${moves(graph).map((n) => n.name)}`,
      );
      assert.deepEqual(moves({ ...graph, channelsFirst: [true] }), [], `${name} ${dtype}, channels first`);
    }
  }
  const [n, h, w, c] = ic().tensors[ic().inputs[0]!]!.shape;
  const { inputs } = onnxModelOf({ ...ic(), channelsFirst: [true] });
  assert.deepEqual(inputs, [{ name: 'input', dtype: 'int8', shape: [n, c, h, w] }]);
});

test('channels first: inputs and images that come out', async () => {
  for (const dtype of ['int8', 'float32'] as const) {
    const graph = { ...fixtures.residual!(dtype), channelsFirst: [true] };
    const { dtype: type, shape } = graph.tensors[graph.inputs[0]!]!;
    const input = randomData(type, elementCount(shape), random(1));
    const last = await differences({ ...graph, channelsFirst: undefined }, [[input]]);
    assert.ok(last[0]!.most <= 2);
    const { outputs } = onnxModelOf(graph);
    assert.deepEqual(outputs[0]!.shape, [1, 4, 6, 6]);
  }
});

test('integer graphs are QDQ models: integers behind DequantizeLinear, by channel, biases int32', () => {
  const graph = fixtures.conv!('int8');
  const { node, initializer, input } = nodesOf(graph);
  const dataType = (name: string) => initializer.find((i) => i.name === name)?.dataType;
  const giver = (name: string) => node.find(({ output }) => output.includes(name))!;
  const convs = node.filter(({ opType }) => opType === 'Conv');
  assert.equal(convs.length, 3);
  for (const conv of convs) {
    const [image, weights, bias] = conv.input.map(giver);
    for (const n of [weights!, bias!]) {
      assert.equal(n.opType, 'DequantizeLinear');
      assert.deepEqual(
        n.attribute.map((a) => [a.name, toNumber(a.i)]),
        [['axis', 0]],
      );
    }
    assert.deepEqual(
      [weights!, bias!].map((n) => dataType(n.input[0]!)),
      [3, 6],
    );
    assert.ok(['DequantizeLinear', 'Transpose'].includes(image!.opType));
  }
  assert.deepEqual(
    convs.map(({ name }) => name),
    graph.ops.map(({ name }) => name),
  );
  assert.equal(input[0]!.type!.tensorType!.elemType, 3);
  for (const op of graph.ops)
    assert.ok(node.some((n) => n.output.includes(graph.tensors[op.outputs[0]!]!.name)));
});

test('int4 weights are INT4', async () => {
  const b = graphBuilder('int4');
  const x = b.input('x', { shape: [1, 3], dtype: 'int8', quantization: perTensor(0.1, 3) });
  const data = Int8Array.of(1, -8, 7, 0, 2, -3);
  const w = b.constant('w', { shape: [2, 3], dtype: 'int4', data, quantization: perTensor(0.5, 0) });
  const output = { shape: [1, 2], dtype: 'int8', quantization: perTensor(0.4, -5) } as const;
  const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const graph = b.build(b.op('FULLY_CONNECTED', 'y', [x, w, -1], attributes, output));
  const packed = nodesOf(graph).initializer.find(({ name }) => name === 'w')!;
  assert.deepEqual([packed.dataType, packed.rawData.length], [22, 3]);
  const [found] = await differences(graph, [[Int8Array.of(3, -40, 90)], [Int8Array.of(-128, 127, 0)]]);
  assert.ok(found!.most <= 1);
});

test('state is an input and an output, and what it starts from is told', () => {
  const graph = fc.sample(svdfGraph, { numRuns: 1, seed: 3 })[0]!;
  const { inputs, states } = onnxModelOf(graph);
  assert.deepEqual(
    inputs.map(({ name }) => name),
    ['x'],
  );
  assert.deepEqual(states[0]!.input.name, 'state0');
  assert.deepEqual(states[0]!.output.name, 'state0_next');
  assert.deepEqual(states[0]!.initial, graph.tensors.find((t) => t.name === 'state0')!.initial);
});

test('what ONNX cannot say is refused, all of it at once', () => {
  const b = graphBuilder('odd');
  const x = b.input('x', { shape: [1, 2, 2, 1], dtype: 'float32' });
  const size = b.constant('size', { shape: [2], dtype: 'int32', data: Int32Array.of(3, 3) });
  const spec = { shape: [1, 3, 3, 1], dtype: 'float32' } as const;
  const both = { alignCorners: true, halfPixelCenters: true };
  const y = b.op('RESIZE_BILINEAR', 'y', [x, size], both, spec);
  const z = b.op('UNSUPPORTED', 'z', [y], { builtin: 'CUSTOM', version: 1 }, spec);
  assert.throws(
    () => exportOnnx(b.build(b.op('RELU', 'r', [z], {}, spec))),
    (e) => {
      assert.ok(e instanceof CrimpError);
      const said = e.diagnostics.map(({ code, where }) => [code, where!.op!.type]);
      assert.deepEqual(said, [
        ['cannot-export', 'RESIZE_BILINEAR'],
        ['cannot-export', 'UNSUPPORTED'],
      ]);
      return true;
    },
  );
});

test('what is exported is imported as the same integers', () => {
  for (const [name, model] of Object.entries({ ...zoo, floatInterface: () => floatInterface() })) {
    const graph = model('int8');
    const again = importModel(exportOnnx(graph), { name, file: `${name}.onnx` });
    // An activation of its own goes into the layer before it.
    assert.ok(again.ops.length <= graph.ops.length, name);
    for (const list of ['inputs', 'outputs'] as const) {
      const named = (g: Graph) => g[list].map((t) => g.tensors[t]!.name);
      assert.deepEqual(named(again), named(graph), name);
    }
    const [ours, theirs] = [createSimulator(graph), createSimulator(again)];
    const { dtype, shape } = graph.tensors[graph.inputs[0]!]!;
    const data = randomData(dtype, elementCount(shape), random(5));
    for (const [simulator, g] of [
      [ours, graph],
      [theirs, again],
    ] as const) {
      (simulator.memory[g.inputs[0]!] as { set(v: TensorData): void }).set(data);
      simulator.run();
    }
    assert.deepEqual(theirs.outputs(), ours.outputs(), name);
  }
});

test('a model file becomes an .onnx or a .tflite by the ending, or nothing', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    writeFileSync(at('a.tflite'), exportTflite(kws('int8')));
    const there = convertFile(readModelFile(at('a.tflite')), at('b.onnx'));
    assert.deepEqual([there.format, there.ops, there.states], ['onnx', 13, []]);
    assert.equal(readFileSync(at('b.onnx')).length, there.bytes);
    const back = convertFile(readModelFile(at('b.onnx')), at('c.tflite'));
    assert.deepEqual([back.format, back.inputs], ['tflite', there.inputs]);
    assert.throws(
      () => convertFile(readModelFile(at('a.tflite')), at('d.h5')),
      (e) => e instanceof CrimpError && e.diagnostics[0]!.code === 'bad-usage',
    );
    assert.deepEqual(readdirSync(folder).sort(), ['a.tflite', 'b.onnx', 'c.tflite']);
  });
});

test('golden models give within a step what TFLM gives', { skip: withoutGoldens }, async () => {
  const names = goldenNames().filter((name, i) => /^synth/.test(name) && i % 9 === 0);
  for (const name of names) {
    const golden = readGolden(name);
    const graph = goldenGraph(golden)!;
    let at = 0;
    const inputs = graph.inputs.map((t) => {
      const { dtype, shape } = graph.tensors[t]!;
      const bytes = golden.sets[0]!.inputs.subarray(at);
      at += byteSize({ dtype, shape });
      return decode(bytes, dtype, shape);
    });
    const found = await differences(graph, [inputs]);
    assert.deepEqual(
      found.flatMap((d) => complaint(graph, d) ?? []),
      [],
      name,
    );
  }
  assert.ok(names.length > 15);
});
