import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { encode, tensorTypeOf } from '../../src/formats/tflite/data.js';
import { type Draft, tensorTypes } from '../../src/formats/tflite/schema.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { goldenNames, readGolden, withoutGoldens } from '../support/golden.js';
import { fixtures } from '../support/models.js';

const int8 = tensorTypeOf('int8');
const float32 = tensorTypeOf('float32');
const quantization = { scale: [0.5], zero_point: [3] };

/** A model of one op, RELU unless said otherwise, on tensors x and y of two elements. */
function model(changes: {
  code?: Draft<'OperatorCode'>;
  operator?: Draft<'Operator'>;
  x?: Draft<'Tensor'>;
  y?: Draft<'Tensor'>;
  more?: Draft<'Tensor'>[];
  buffers?: Draft<'Buffer'>[];
  subgraph?: Draft<'SubGraph'>;
  model?: Draft<'Model'>;
}): Uint8Array {
  return writeModel({
    version: 3,
    operator_codes: [{ builtin_code: 19, ...changes.code }],
    subgraphs: [
      {
        tensors: [
          { name: 'x', shape: [1, 2], type: float32, ...changes.x },
          { name: 'y', shape: [1, 2], type: float32, ...changes.y },
          ...(changes.more ?? []),
        ],
        inputs: [0],
        outputs: [1],
        operators: [{ inputs: [0], outputs: [1], ...changes.operator }],
        ...changes.subgraph,
      },
    ],
    buffers: [{}, ...(changes.buffers ?? [])],
    ...changes.model,
  });
}

function inspect(changes: Parameters<typeof model>[0]) {
  return inspectModel(model(changes), { name: 'test', file: 'test.tflite' });
}

function assertProblem(changes: Parameters<typeof model>[0], code: string, message: RegExp): Diagnostic {
  const { diagnostics } = inspect(changes);
  const found = diagnostics.find((d) => d.code === code && message.test(d.message));
  assert.ok(found, `no ${code} ${message} in ${JSON.stringify(diagnostics)}`);
  assert.equal(found.where?.file, 'test.tflite');
  return found;
}

test('a committed fixture is the model that the script builds', () => {
  for (const [name, build] of Object.entries(fixtures)) {
    for (const dtype of ['int8', 'float32'] as const) {
      const bytes = readFileSync(new URL(`../fixtures/${name}_${dtype}.tflite`, import.meta.url));
      assert.deepEqual(
        importModel(bytes, { name }),
        build(dtype),
        `run scripts/make_fixtures.ts for ${name}`,
      );
    }
  }
});

test('a sound model has no problems; names become identifiers and stay unique', () => {
  const { graph, diagnostics } = inspect({});
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(graph.ops[0], { type: 'RELU', name: 'y', inputs: [0], outputs: [1], attributes: {} });
  assert.equal(importModel(model({}), { name: '2-words.v1' }).name, 'm2_words_v1');
  const { graph: same } = inspect({ x: { name: 'y' }, y: { name: 'y' } });
  assert.deepEqual(
    same.tensors.map((t) => t.name),
    ['y', 'y_2'],
  );
});

test('constants: any alignment, int4 by low nibble first, scalars, a buffer outside of the FlatBuffer', () => {
  const constant = (type: number, shape: number[], data: Uint8Array) =>
    inspect({ more: [{ name: 'c', shape, type, buffer: 1 }], buffers: [{ data }] }).graph.tensors[2]!;
  assert.deepEqual(
    constant(tensorTypeOf('int4'), [3], Uint8Array.of(0x8f, 0x07)).data,
    Int8Array.of(-1, -8, 7),
  );
  assert.deepEqual(
    constant(tensorTypeOf('int64'), [1], encode(BigInt64Array.of(-5n), 'int64')).data,
    BigInt64Array.of(-5n),
  );
  const scalar = constant(float32, [], encode(Float32Array.of(1.5), 'float32'));
  assert.deepEqual([scalar.shape, scalar.data], [[], Float32Array.of(1.5)]);

  const bytes = model({
    more: [{ name: 'c', shape: [2], type: tensorTypeOf('int16'), buffer: 1 }],
    buffers: [{ offset: 4, size: 4 }],
  });
  // Bytes 4 to 7 of the file are its identifier.
  assert.deepEqual(importModel(bytes, { name: 'far' }).tensors[2]!.data, Int16Array.of(0x4654, 0x334c));
});

test('quantization: float32 scales as they are, one zero point for all, none for zero', () => {
  const axis = {
    shape: [1, 2],
    type: int8,
    quantization: { scale: [0.1, 0.2], zero_point: [4], quantized_dimension: 1 },
  };
  const { graph } = inspect({ x: axis, y: { type: int8, quantization: { scale: [0.1] } } });
  assert.deepEqual(graph.tensors[0]!.quantization, {
    scale: Float32Array.of(0.1, 0.2),
    zeroPoint: Int32Array.of(4, 4),
    axis: 1,
  });
  assert.deepEqual(graph.tensors[1]!.quantization!.zeroPoint, Int32Array.of(0));
});

test('the scales of a vector run along its only axis, whichever a converter wrote', () => {
  const vector = { shape: [2], type: int8, quantization: { scale: [0.1, 0.2], quantized_dimension: 3 } };
  const { graph } = inspect({ x: vector, y: { type: int8, quantization: { scale: [0.1] } } });
  assert.equal(graph.tensors[0]!.quantization!.axis, 0);
});

test('the operator code is the greater of the two fields', () => {
  const { graph } = inspect({ code: { deprecated_builtin_code: 127, builtin_code: 150 } });
  assert.deepEqual(graph.ops[0]!.attributes, { builtin: 'GELU', version: 1 });
});

test('operators that are not known stay in the graph, and every one is reported', () => {
  const custom = assertProblem(
    { code: { builtin_code: 32, custom_code: 'Detect' } },
    'unsupported-op',
    /CUSTOM:Detect/,
  );
  assert.deepEqual(custom.where!.op, { index: 0, type: 'CUSTOM:Detect', name: 'y' });
  assertProblem({ code: { builtin_code: 118 } }, 'unsupported-op', /IF \(version 1\)/);
  assertProblem({ code: { builtin_code: 999 } }, 'unsupported-op', /BUILTIN_999/);
  assertProblem({ operator: { opcode_index: 7 } }, 'unsupported-op', /operator code 7 of 1/);
});

test('options: absent means defaults; unknown values and the wrong table are reported', () => {
  const options = (name: 'AddOptions' | 'MulOptions', type: number, table: object) => ({
    inputs: [0, 0],
    builtin_options_type: type,
    builtin_options: { name, table: table as never },
  });
  assert.deepEqual(
    inspect({ code: { builtin_code: 18 }, operator: { inputs: [0, 0] } }).graph.ops[0]!.attributes,
    { activation: 'NONE' },
  );
  const relu6 = options('MulOptions', 21, { fused_activation_function: 3 });
  assert.deepEqual(inspect({ code: { builtin_code: 18 }, operator: relu6 }).graph.ops[0]!.attributes, {
    activation: 'RELU6',
  });
  const unknown = options('MulOptions', 21, { fused_activation_function: 9 });
  assertProblem(
    { code: { builtin_code: 18 }, operator: unknown },
    'unsupported-op',
    /unknown fused_activation_function 9/,
  );
  assertProblem(
    { code: { builtin_code: 18 }, operator: options('AddOptions', 11, {}) },
    'unsupported-op',
    /no readable MulOptions/,
  );
});

test('shapes: a leading dimension of 1 may be dynamic, no other', () => {
  const batch = { shape_signature: [-1, 2] };
  assert.deepEqual(inspect({ x: batch, y: batch }).diagnostics, []);
  const found = assertProblem({ x: { shape_signature: [1, -1] } }, 'dynamic-shape', /\[1, \?\]/);
  assert.deepEqual(found.where!.tensor, { index: 0, name: 'x' });
  assertProblem({ x: { shape: [2, 2], shape_signature: [-1, 2] } }, 'dynamic-shape', /\[\?, 2\]/);
  assertProblem({ x: { shape: [-1, 2] } }, 'dynamic-shape', /\[\?, 2\]/);
  assertProblem({ x: { shape: [1 << 20, 1 << 20] } }, 'tensor-too-large', /bytes/);
});

test('tensors that the graph cannot express are named at the ops that use them', () => {
  assertProblem({ x: { type: 1 } }, 'unsupported-op', /tensor 0 "x" is FLOAT16/);
  assertProblem({ x: { type: 99 } }, 'unsupported-op', /is type 99/);
  assertProblem({ y: { sparsity: {} } }, 'unsupported-op', /"y" is stored sparse/);
  assertProblem({ x: { external_buffer: 1 } }, 'unsupported-op', /another file/);
  assertProblem(
    { x: { type: int8, quantization: { ...quantization, details_type: 2 } } },
    'unsupported-op',
    /by blocks/,
  );
  assertProblem(
    { more: [{ name: 'z', type: 5 }], subgraph: { inputs: [0, 2] } },
    'unsupported-tensor',
    /STRING/,
  );
  assertProblem(
    {
      more: [{ name: 'c', shape: [2], type: float32, buffer: 1, is_variable: true }],
      buffers: [{ data: new Uint8Array(8) }],
    },
    'variable-tensor',
    /stored values/,
  );
});

test('damaged tensors are reported where they are', () => {
  const constant = { name: 'c', shape: [2], type: float32, buffer: 1 };
  assertProblem(
    { more: [constant], buffers: [{ data: new Uint8Array(7) }] },
    'bad-constant',
    /7 bytes of data; float32 \[2\] takes 8/,
  );
  assertProblem({ more: [constant] }, 'bad-constant', /buffer 1 of 1/);
  assertProblem(
    { more: [constant], buffers: [{ offset: 1000, size: 8 }] },
    'bad-constant',
    /bytes 1000 to 1008/,
  );
  assertProblem(
    { x: { type: int8, quantization: { scale: [1, 2, 3], zero_point: [0, 1] } } },
    'bad-quantization',
    /3 scales but 2/,
  );
  assertProblem(
    { x: { type: int8, quantization: { scale: [1], zero_point: [2 ** 40] } } },
    'bad-quantization',
    /outside int32/,
  );
});

test('the structure of the graph is checked', () => {
  assertProblem({ operator: { inputs: [5] } }, 'malformed-graph', /input 0 is tensor 5 of 2/);
  assertProblem({ operator: { inputs: [1] } }, 'malformed-graph', /read before anything has written it/);
  assertProblem({ subgraph: { outputs: [9] } }, 'malformed-graph', /graph output 9/);
  assertProblem({ y: { shape: [1, 3] } }, 'op-shape', /\[1,2\].* \[1,3\]/);
});

test('further subgraphs are left out, with a warning', () => {
  const graph = {
    tensors: [
      { name: 'x', shape: [1, 2] },
      { name: 'y', shape: [1, 2] },
    ],
    inputs: [0],
    outputs: [1],
    operators: [{ inputs: [0], outputs: [1] }],
  };
  const found = assertProblem({ model: { subgraphs: [graph, graph] } }, 'extra-subgraphs', /1 more/);
  assert.equal(found.severity, 'warning');
});

test('bytes that are no model are refused by what they are', () => {
  const refused = (bytes: Uint8Array, message: RegExp, code = 'unknown-format') =>
    assert.throws(
      () => inspectModel(bytes, { name: 'm', file: 'm.bin' }),
      (e) =>
        e instanceof CrimpError &&
        e.exitCode === 2 &&
        e.diagnostics.some((d) => d.code === code && message.test(d.message)),
    );
  refused(new Uint8Array(0), /empty/);
  refused(new TextEncoder().encode('PK\u0003\u0004....'), /ZIP/);
  refused(new TextEncoder().encode('{"format": "layers-model"}'), /JSON without a modelTopology/);
  refused(Uint8Array.from([8, 7, 18, 4, 116, 101, 115, 116]), /protocol buffer/);
  refused(new TextEncoder().encode('what is this?'), /no \.tflite model/);
  refused(model({}).subarray(0, 20), /reaches to byte/, 'malformed-model');
  refused(writeModel({ version: 3 }), /no subgraph/, 'malformed-model');
  assertProblem({ model: { version: 1 } }, 'malformed-model', /version is 1/);
});

test('damaged bytes are reported by their offset', () => {
  const bytes = model({});
  const view = new DataView(bytes.buffer);
  // The first word is the offset of the root table; its own first word leads back to its vtable.
  const root = view.getUint32(0, true);
  const vtable = root - view.getInt32(root, true);
  const fieldOf = (id: number) => root + view.getUint16(vtable + 4 + 2 * id, true);
  const [subgraphs, buffers] = [fieldOf(2), fieldOf(4)];
  const refused = (...expected: [offset: number, message: RegExp][]) =>
    assert.throws(
      () => inspectModel(bytes, { name: 'm' }),
      (e) => {
        assert.ok(e instanceof CrimpError);
        assert.deepEqual(
          e.diagnostics.map((d) => [d.code, d.where?.offset]),
          expected.map(([offset]) => ['malformed-model', offset]),
        );
        for (const [i, [, message]] of expected.entries()) assert.match(e.diagnostics[i]!.message, message);
        return true;
      },
    );

  const count = buffers + view.getUint32(buffers, true);
  view.setUint32(count, 0x7fffffff, true);
  refused([count, /^Model\.buffers \(2147483647 elements\) reaches to byte \d+ of \d+$/]);
  // Both lead beyond the end, and so are one problem.
  view.setUint32(subgraphs, 0x7ffffff0, true);
  refused([
    subgraphs,
    /^Model\.subgraphs reaches to byte \d+ of \d+; in all 2 references lead beyond its end$/,
  ]);
  view.setInt32(root, 0x7ffffff0, true);
  refused([root, /^the vtable of Model begins \d+ bytes before the file$/]);
});

test('importModel throws all problems at once', () => {
  const bytes = model({
    code: { builtin_code: 27 },
    x: { shape_signature: [1, -1] },
    operator: { inputs: [0, 8] },
  });
  assert.throws(
    () => importModel(bytes, { name: 'm' }),
    (e) =>
      e instanceof CrimpError &&
      ['dynamic-shape', 'malformed-graph'].every((c) => e.diagnostics.some((d) => d.code === c)),
  );
});

test('golden models: inputs, outputs and MACs are as recorded', { skip: withoutGoldens }, () => {
  let counted = 0;
  for (const name of goldenNames()) {
    const { meta, model } = readGolden(name);
    const { graph, diagnostics } = inspectModel(model, { name });
    const io = (indices: readonly number[]) =>
      indices.map((t) => [t, graph.tensors[t]!.dtype.toUpperCase(), graph.tensors[t]!.shape]);
    assert.deepEqual(
      io(graph.inputs),
      meta.inputs.map((t) => [t.index, t.dtype, t.shape]),
      name,
    );
    assert.deepEqual(
      io(graph.outputs),
      meta.outputs.map((t) => [t.index, t.dtype, t.shape]),
      name,
    );
    if (diagnostics.some((d) => d.severity === 'error')) continue;
    const macs = graph.ops.reduce((n, op) => n + macsOf(op, graph), 0);
    // The records take the last axis of a matrix for its depth, even where it is stored transposed.
    if (graph.ops.some((op) => op.type === 'BATCH_MATMUL' && op.attributes.adjX)) continue;
    assert.equal(macs, meta.macs, name);
    counted++;
  }
  assert.ok(counted > 100, `${counted} models with MACs`);
  const dynamic = importModel(readGolden('litert__simple_add_dynamic_shape').model, {
    name: 'dynamic',
  });
  assert.deepEqual(
    dynamic.tensors.map((t) => t.shape),
    [
      [1, 128, 4],
      [1, 128, 4],
      [1, 128, 4],
    ],
  );
});

test('how data are fed comes from crimp’s own metadata, checked; others’ are passed over', () => {
  const fed = (text: string, name = 'crimp.feeding', buffer = 1) => ({
    buffers: [{ data: new TextEncoder().encode(text) }],
    model: { metadata: [{ name, buffer }] },
  });
  const { graph, diagnostics } = inspect(
    fed('{"normalization":[{"mean":[1,2],"std":[3,4]}],"classes":["a"]}'),
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(graph.normalization, [{ mean: [1, 2], std: [3, 4] }]);
  assert.deepEqual(graph.classes, ['a']);
  assert.deepEqual(inspect(fed('{}')).graph.normalization, undefined);
  assert.deepEqual(inspect(fed('no JSON', 'TFLITE_METADATA')).diagnostics, []);
  for (const bad of [
    '',
    'no JSON',
    'null',
    '{"classes":"a"}',
    '{"classes":[1]}',
    '{"normalization":[]}',
    '{"normalization":[{"mean":[1],"std":[0]}]}',
    '{"normalization":[{"mean":[1],"std":[1,1]}]}',
    '{"normalization":[{"mean":[1,2,3],"std":[1,1,1]}]}',
    '{"normalization":[{"mean":["1"],"std":[1]}]}',
    '{"normalization":[1]}',
  ]) {
    assertProblem(fed(bad), 'malformed-model', /crimp\.feeding cannot be read/);
  }
  assertProblem(fed('{}', 'crimp.feeding', 9), 'malformed-model', /crimp\.feeding cannot be read/);
});

test('five problems are five diagnostics in one go, each with its place', () => {
  const { diagnostics } = inspect({
    code: { builtin_code: 32, custom_code: 'Fancy' },
    x: { shape: [1, 2], shape_signature: [1, -1] },
    y: { name: 'fancy' },
    more: [
      { name: 'spectrum', shape: [1, 2], type: tensorTypes.indexOf('COMPLEX64') },
      { name: 'cut_off', shape: [3], type: float32, buffer: 1 },
      { name: 'table', shape: [1, 2], type: float32, quantization: { scale: [1], zero_point: [2 ** 40] } },
    ],
    buffers: [{ data: new Uint8Array(8) }],
    subgraph: {
      operators: [
        { inputs: [0], outputs: [1] },
        { opcode_index: 1, inputs: [1, 3], outputs: [2] },
      ],
    },
    model: {
      operator_codes: [
        { builtin_code: 32, deprecated_builtin_code: 32, custom_code: 'Fancy' },
        { builtin_code: 131, deprecated_builtin_code: 127 },
      ],
    },
  });
  const said = diagnostics.map(({ severity, code, where }) => [
    severity,
    code,
    where?.op?.name ?? where?.tensor?.name,
  ]);
  assert.deepEqual(said, [
    ['error', 'bad-constant', 'cut_off'],
    ['error', 'bad-quantization', 'table'],
    ['error', 'dynamic-shape', 'x'],
    ['error', 'unsupported-op', 'fancy'],
    ['error', 'unsupported-op', 'spectrum'],
  ]);
  assert.match(diagnostics[3]!.message, /CUSTOM:Fancy/);
});
