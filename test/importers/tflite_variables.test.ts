/** VAR_HANDLE and CALL_ONCE of .tflite files: what becomes state, and what cannot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinNames } from '../../src/formats/tflite/builtins.js';
import { encode, tensorTypeOf } from '../../src/formats/tflite/data.js';
import { type Draft, optionsUnion, tensorTypes } from '../../src/formats/tflite/schema.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { inspectModel } from '../../src/importers/index.js';

const names = ['VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE', 'CALL_ONCE', 'RELU'] as const;
const resource = tensorTypes.indexOf('RESOURCE');
const int8 = tensorTypeOf('int8');
const quantization = { scale: [0.5], zero_point: [3] };

const op = (name: (typeof names)[number], inputs: number[], outputs: number[], more: object = {}) => ({
  opcode_index: names.indexOf(name),
  inputs,
  outputs,
  ...more,
});
const handle = (output: number, shared_name: string) =>
  op('VAR_HANDLE', [], [output], {
    builtin_options_type: optionsUnion.VarHandleOptions,
    builtin_options: { name: 'VarHandleOptions', table: { shared_name } },
  });
const callOnce = (init_subgraph_index: number) =>
  op('CALL_ONCE', [], [], {
    builtin_options_type: optionsUnion.CallOnceOptions,
    builtin_options: { name: 'CallOnceOptions', table: { init_subgraph_index } },
  });

/** x is assigned to the variable "v" after y was read from it, through another handle. */
function inspect(start: Draft<'Operator'>[], initialize?: Draft<'Operator'>[]) {
  const value = (name: string, more: object = {}) => ({
    name,
    shape: [1, 2],
    type: int8,
    quantization,
    ...more,
  });
  const tensors = [
    value('x'),
    value('y'),
    { name: 'v', type: resource },
    { name: 'v again', type: resource },
  ];
  const constant = value('start', { buffer: 1 });
  const bytes = writeModel({
    version: 3,
    operator_codes: names.map((name) => ({ builtin_code: builtinNames.indexOf(name) })),
    subgraphs: [
      {
        tensors,
        inputs: [0],
        outputs: [1],
        operators: [
          ...start,
          handle(2, 'v'),
          op('READ_VARIABLE', [2], [1]),
          handle(3, 'v'),
          op('ASSIGN_VARIABLE', [3, 0], []),
        ],
      },
      ...(initialize
        ? [
            {
              tensors: [{ name: 'h', type: resource }, constant],
              inputs: [],
              outputs: [],
              operators: initialize,
            },
          ]
        : []),
    ],
    buffers: [{}, { data: encode(Int8Array.of(-7, 9), 'int8') }],
  });
  return inspectModel(bytes, { name: 'test' });
}

test('all handles of a variable become one state, which starts from its zero point', () => {
  const { graph, diagnostics } = inspect([]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    graph.ops.map(({ type, name, inputs, outputs }) => ({ type, name, inputs, outputs })),
    [
      { type: 'READ_VARIABLE', name: 'y', inputs: [2], outputs: [1] },
      { type: 'ASSIGN_VARIABLE', name: 'v_assigned', inputs: [2, 0], outputs: [] },
    ],
  );
  assert.deepEqual(graph.tensors[2]!.initial, Int8Array.of(3, 3));
});

test('what CALL_ONCE assigns is what the variable starts from', () => {
  const { graph, diagnostics } = inspect([callOnce(1)], [handle(0, 'v'), op('ASSIGN_VARIABLE', [0, 1], [])]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(graph.tensors[2]!.initial, Int8Array.of(-7, 9));
  assert.equal(graph.ops.length, 2);
});

test('CALL_ONCE that does more than assign constants is refused, with what it does', () => {
  const messages = (...args: Parameters<typeof inspect>) =>
    inspect(...args)
      .diagnostics.filter((d) => d.severity === 'error')
      .map((d) => d.message)
      .join('\n');
  assert.match(messages([callOnce(4)]), /CALL_ONCE names subgraph 4 of 1/);
  assert.match(messages([callOnce(1)], [op('RELU', [1], [1])]), /CALL_ONCE runs RELU/);
  const twice = [handle(0, 'v'), op('READ_VARIABLE', [0], [1]), op('ASSIGN_VARIABLE', [0, 1], [])];
  assert.match(messages([callOnce(1)], twice), /CALL_ONCE runs READ_VARIABLE/);
});
