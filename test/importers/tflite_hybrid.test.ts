/** .tflite files of which not all is taken as it stands: hybrid weights, float16, several signatures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, tensorTypeOf } from '../../src/formats/tflite/data.js';
import { type Draft, tensorTypes } from '../../src/formats/tflite/schema.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';

const float32 = tensorTypeOf('float32');
const [fullyConnected, dequantize, relu, abs] = [9, 6, 19, 101];
const fullyConnectedOptions = { name: 'FullyConnectedOptions', table: {} } as const;

/** y = weights · x, for x of two values; `first` ops come before it. */
function dense(
  weights: Draft<'Tensor'>,
  data: Uint8Array,
  changes: { more?: Draft<'Tensor'>[]; first?: Draft<'Operator'>[]; reads?: number } = {},
): Uint8Array {
  return writeModel({
    version: 3,
    operator_codes: [fullyConnected, dequantize].map((code) => ({
      builtin_code: code,
      deprecated_builtin_code: code,
    })),
    subgraphs: [
      {
        tensors: [
          { name: 'x', shape: [1, 2], type: float32 },
          { name: 'y', shape: [1, 3], type: float32 },
          { name: 'weights', shape: [3, 2], buffer: 1, ...weights },
          ...(changes.more ?? []),
        ],
        inputs: [0],
        outputs: [1],
        operators: [
          ...(changes.first ?? []),
          { inputs: [0, changes.reads ?? 2, -1], outputs: [1], builtin_options: fullyConnectedOptions },
        ],
      },
    ],
    buffers: [{}, { data }],
  });
}

function answer(bytes: Uint8Array, x: readonly number[], signature?: string): number[] {
  const simulator = createSimulator(importModel(bytes, { name: 'model', signature }));
  simulator.setInputs(new Uint8Array(Float32Array.from(x).buffer));
  simulator.run();
  return [...new Float32Array(simulator.outputs().slice().buffer)];
}

test('int8 weights under float32 activations are taken as what they mean, and a note says so', () => {
  const weights = { type: tensorTypeOf('int8'), quantization: { scale: [0.5, 2, 1], zero_point: [0, 0, 0] } };
  const bytes = dense(weights, encode(Int8Array.of(1, 2, 3, -4, 127, -128), 'int8'));
  const { graph, diagnostics } = inspectModel(bytes, { name: 'model' });
  assert.deepEqual(
    diagnostics.map((d) => [d.severity, d.code]),
    [['note', 'hybrid-model']],
  );
  assert.match(diagnostics[0]!.message, /in 1 of 1 layers/);
  assert.equal(graph.tensors[graph.ops[0]!.inputs[1]!]!.name, 'weights_float32');
  assert.deepEqual(answer(bytes, [1, 10]), [0.5 + 10, 6 - 80, 127 - 1280]);
});

test('int4 weights and a zero point count too', () => {
  const weights = { type: tensorTypeOf('int4'), quantization: { scale: [0.25], zero_point: [1] } };
  const bytes = dense(weights, encode(Int8Array.of(1, 2, 3, -4, 7, -8), 'int4'));
  assert.deepEqual(answer(bytes, [4, 4]), [1, 2 - 5, 6 - 9]);
});

test('weights without a scale stay a refusal', () => {
  const bytes = dense({ type: tensorTypeOf('int8') }, encode(new Int8Array(6), 'int8'));
  const codes = inspectModel(bytes, { name: 'model' }).diagnostics.map((d) => d.code);
  assert.deepEqual(codes, ['op-dtypes']);
});

test('weights of float16 behind DEQUANTIZE are read as float32, without a word', () => {
  const half = { type: tensorTypes.indexOf('FLOAT16') };
  // 1, -2, 0.5, 2^-24 (the least), 65504 (the greatest), 0.
  const data = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x0001, 0x7bff, 0).buffer);
  const bytes = dense(half, data, {
    more: [{ name: 'weights_32', shape: [3, 2], type: float32 }],
    first: [{ opcode_index: 1, inputs: [2], outputs: [3] }],
    reads: 3,
  });
  const { graph, diagnostics } = inspectModel(bytes, { name: 'model' });
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    graph.ops.map((op) => op.type),
    ['FULLY_CONNECTED'],
  );
  assert.deepEqual(answer(bytes, [1, 1]), [-1, Math.fround(0.5 + 2 ** -24), 65504]);
});

test('float16 activations are refused', () => {
  const half = { type: tensorTypes.indexOf('FLOAT16'), buffer: 0 };
  const { diagnostics } = inspectModel(dense(half, new Uint8Array(12)), { name: 'model' });
  assert.match(diagnostics[0]!.message, /FLOAT16/);
});

/** Two subgraphs, the second of which is a signature's. */
const two = writeModel({
  version: 3,
  operator_codes: [relu, abs].map((code) => ({ builtin_code: code, deprecated_builtin_code: code })),
  subgraphs: [0, 1].map((opcode_index) => ({
    tensors: ['x', 'y'].map((name) => ({ name, shape: [2], type: float32 })),
    inputs: [0],
    outputs: [1],
    operators: [{ opcode_index, inputs: [0], outputs: [1] }],
  })),
  signature_defs: ['clip', 'size'].map((signature_key, subgraph_index) => ({
    signature_key,
    subgraph_index,
  })),
  buffers: [{}],
});

test('a signature chooses its subgraph, the main one is taken without', () => {
  assert.deepEqual(answer(two, [-2, 3]), [0, 3]);
  assert.deepEqual(answer(two, [-2, 3], 'clip'), [0, 3]);
  assert.deepEqual(answer(two, [-2, 3], 'size'), [2, 3]);
});

test('what is left out is named, and a signature that there is not is an error', () => {
  const inspect = (signature?: string) => inspectModel(two, { name: 'model', signature }).diagnostics;
  assert.deepEqual(
    inspect().map((d) => [d.severity, d.hint]),
    [['warning', 'Choose by signature for another: "size".']],
  );
  assert.match(inspect('size')[0]!.hint, /"clip"/);
  const [unknown] = inspect('serving_default');
  assert.deepEqual([unknown!.code, unknown!.hint], ['unknown-signature', 'It has "clip", "size".']);
});
