/** What is said of ONNX models that cannot be imported as they are, and what becomes of those that can. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { formatNpz, readDataset } from '../../src/data/index.js';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { encodeModel } from '../../src/formats/onnx/schema.js';
import { hashGraph } from '../../src/graph/hash.js';
import { type ImportOptions, importModel, inspectModel } from '../../src/importers/index.js';
import { constantOf } from '../../src/importers/onnx/tensor_proto.js';
import { batchNormsOf } from '../../src/train/batch_norm.js';
import { variablesOf } from '../../src/train/variables.js';
import { random } from '../property/random.js';
import { cnn, mlp } from '../support/onnx_models.js';
import { type OnnxWriter, onnxWriter, type WriterOptions } from '../support/onnx_writer.js';
import { sameAsOnnxRuntime } from './onnx_cases.js';

const named = { name: 'model', file: 'model.onnx' };

function built(build: (w: OnnxWriter) => string, options?: WriterOptions): Uint8Array {
  const w = onnxWriter(options);
  return w.bytes(build(w));
}

function problems(bytes: Uint8Array, options: Partial<ImportOptions> = {}): readonly Diagnostic[] {
  return inspectModel(bytes, { ...named, ...options }).diagnostics.filter((d) => d.severity === 'error');
}

test('five problems are five diagnostics, each with its node', () => {
  const bytes = built((w) => {
    const x = w.input('x', [1, 4, 8, 8]);
    const lines = [
      w.node('Einsum', [x, x], { equation: 'abcd,abcd->abcd' }),
      w.node('com.acme.Fancy', [x]),
      w.node('Conv', [x, w.node('Exp', [x])], { kernel_shape: [1, 1] }),
      w.node('Pad', [x, w.integers([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'mirror' }),
      w.node('Pow', [x, w.floats([2.5], [])]),
    ];
    return w.node('Sum', [w.node('Relu', [lines[0]!]), ...lines.slice(1)]);
  });
  const found = problems(bytes);
  assert.deepEqual(
    found.map((d) => d.code),
    new Array(5).fill('unsupported-op'),
  );
  const said = found.map((d) => `${d.where?.op?.name}: ${d.message}`);
  for (const [i, pattern] of [
    /Einsum_1: Einsum \(version 13\)/,
    /Fancy_2: com\.acme\.Fancy/,
    /Conv_4: Conv: its weights/,
    /Pad_5: .*mirror/,
    /Pow_6: .*2\.5/,
  ].entries()) {
    assert.match(said[i]!, pattern);
  }
});

test('behind an unsupported node import goes on where the file tells the shape', () => {
  const bytes = built((w) => {
    const first = w.node('Einsum', [w.input('x', [1, 8])]);
    w.declare(first, [1, 8]);
    return w.node('MatMul', [first, w.weights([9, 2])]);
  });
  assert.deepEqual(
    problems(bytes).map((d) => d.where?.op?.type),
    ['Einsum', 'MatMul'],
  );
});

test('dimensions that are open: the batch is 1, others are asked for', () => {
  const bytes = built((w) => {
    const x = w.input('input', ['batch', 3, 'height', 'width']);
    return w.node('GlobalAveragePool', [
      w.node('Conv', [x, w.weights([4, 3, 3, 3])], { kernel_shape: [3, 3] }),
    ]);
  });
  const [open] = problems(bytes);
  assert.equal(open!.code, 'dynamic-shape');
  assert.match(open!.message, /\[1, 3, height, width\]/);
  assert.match(open!.hint, /--shape input=1x3x96x96/);
  const graph = importModel(bytes, { ...named, shapes: { input: [1, 3, 10, 12] } });
  assert.deepEqual(graph.tensors[graph.inputs[0]!]!.shape, [1, 10, 12, 3]);
  const [unknown] = problems(bytes, { shapes: { image: [1, 3, 10, 12], input: [1, 3, 10, 12] } });
  assert.equal(unknown!.code, 'unknown-input');
  assert.match(unknown!.hint, /"input"/);
});

test('files that are no such models', () => {
  const relu = (w: OnnxWriter) => w.node('Relu', [w.input('x', [1, 4])]);
  assert.match(problems(built(relu, { opset: 6 }))[0]!.message, /operator set 6; 7 to 21/);
  const cut = built(relu).subarray(0, 40);
  assert.throws(
    () => importModel(cut, named),
    (e) => e instanceof CrimpError && e.diagnostics[0]!.code === 'malformed-model',
  );
  const broken = {
    graph: { node: [{ opType: 'Relu', input: ['nowhere'], output: ['y'] }], output: [{ name: 'y' }] },
  };
  const found = problems(
    encodeModel({ irVersion: 8, ...broken, opsetImport: [{ domain: '', version: 13 }] }),
  );
  assert.ok(
    found.some((d) => /reads "nowhere"/.test(d.message)),
    JSON.stringify(found),
  );
});

test('constants: each type, raw or listed; those that are not read say why', () => {
  const empty = {
    name: 'w',
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: [],
    rawData: new Uint8Array(0),
    externalData: [],
    dataLocation: 0,
  };
  const values = (proto: object) => {
    const constant = constantOf({ ...empty, dims: [2], dataType: 1, ...proto });
    return 'reason' in constant ? constant.reason : [...constant.values];
  };
  assert.deepEqual(values({ floatData: [1, -2] }), [1, -2]);
  assert.deepEqual(values({ dataType: 7, int64Data: [3, -4] }), [3, -4]);
  assert.deepEqual(
    values({ dataType: 7, rawData: new Uint8Array(BigInt64Array.of(5n, -6n).buffer) }),
    [5, -6],
  );
  assert.deepEqual(values({ dataType: 10, int32Data: [0x3c00, 0xc100] }), [1, -2.5]);
  assert.deepEqual(values({ dataType: 10, rawData: Uint8Array.of(1, 0, 0, 0x7c) }), [2 ** -24, Infinity]);
  assert.deepEqual(values({ dataType: 16, int32Data: [0x3f80, 0xc020] }), [1, -2.5]);
  assert.deepEqual(values({ dataType: 11, doubleData: [0.5, 1e9] }), [0.5, 1e9]);
  assert.deepEqual(values({ dataType: 3, rawData: Uint8Array.of(255, 2) }), [-1, 2]);
  assert.match(String(values({ rawData: new Uint8Array(7) })), /7 bytes of data; float \[2\] takes 8/);
  assert.match(String(values({ floatData: [1] })), /1 elements/);
  assert.match(String(values({ dataType: 8 })), /string/);
  const data = new Uint8Array(Float32Array.of(9, 1, 2, 9).buffer);
  const beside = (entries: Readonly<Record<string, string>>) => {
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    const proto = { ...empty, dims: [2], dataType: 1, dataLocation: 1, externalData };
    const constant = constantOf(proto, (name) => (name === 'm.onnx.data' ? data : new Uint8Array(0)));
    return 'reason' in constant ? constant.reason : [...constant.values];
  };
  assert.deepEqual(beside({ location: 'm.onnx.data', offset: '4', length: '8' }), [1, 2]);
  assert.deepEqual(beside({ location: 'm.onnx.data' }), [9, 1]);
  assert.match(
    String(beside({ location: 'm.onnx.data', offset: '12' })),
    /bytes 12 to 20 of m.onnx.data, which has 16/,
  );
  for (const location of ['../secret', '/etc/secret', 'C:\\secret', '']) {
    assert.match(String(beside({ location })), /no file beside the model/);
  }
});

test('scikit-learn’s classifier: the scores are the output, the number of the class is left out', async () => {
  const { graph, diagnostics } = inspectModel(mlp(), named);
  assert.deepEqual(
    graph.ops.map((op) => op.type),
    ['FULLY_CONNECTED', 'FULLY_CONNECTED', 'FULLY_CONNECTED', 'SOFTMAX'],
  );
  assert.deepEqual(
    diagnostics.map((d) => [d.severity, d.code]),
    [['warning', 'label-output']],
  );
  await sameAsOnnxRuntime(mlp(), { X: [1, 12] });
});

test('training finds the batch normalization, quantization folds it', () => {
  const graph = importModel(cnn(), named);
  assert.equal(batchNormsOf(graph, variablesOf(graph)).length, 2);
  const rng = random(7);
  const inputs = [Float32Array.from({ length: 32 * 768 }, () => 2 * rng.next() - 1)];
  const { graph: integers, report } = quantize(graph, { count: 32, inputs });
  assert.ok(integers.ops.every((op) => op.type !== 'MUL' && op.type !== 'ADD'));
  const { sqnr } = report.layers.at(-1)!;
  assert.ok(sqnr !== null && sqnr >= 30, `${sqnr} dB`);
});

test('samples are [C, H, W], as PyTorch has them, for the model and for what is made of it', () => {
  const graph = importModel(cnn(), named);
  const rng = random(9);
  const values = Float32Array.from({ length: 2 * 768 }, () => rng.next());
  const moved = Float32Array.from(values, (_, i) => {
    const [sample, pixel, channel] = [Math.floor(i / 768), Math.floor((i % 768) / 3), i % 3];
    return values[sample * 768 + channel * 256 + pixel]!;
  });
  const file = (x: Float32Array, shape: number[]) => formatNpz(new Map([['x', { values: x, shape }]]));
  const reimported = importModel(exportTflite(graph), { name: 'model' });
  assert.equal(hashGraph(reimported), hashGraph(graph));
  for (const model of [graph, reimported]) {
    assert.deepEqual(readDataset(file(values, [2, 3, 16, 16]), model).inputs[0], moved);
    assert.deepEqual(readDataset(file(moved, [2, 16, 16, 3]), model).inputs[0], moved);
  }
});
