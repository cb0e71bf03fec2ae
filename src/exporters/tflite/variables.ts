/**
 * State that READ_VARIABLE and ASSIGN_VARIABLE name stands in a file as a resource variable: its tensor is the handle that a
 * VAR_HANDLE gives, and a second subgraph, which CALL_ONCE runs first, assigns what it starts from.
 */
import { type Diagnostic, error } from '../../diagnostics.js';
import { tensorTypeOf } from '../../formats/tflite/data.js';
import { type Draft, optionsUnion, tensorTypes } from '../../formats/tflite/schema.js';
import type { Graph, TensorData } from '../../graph/graph.js';

const accesses: readonly string[] = ['READ_VARIABLE', 'ASSIGN_VARIABLE'];

/** Tensors of the graph that become handles, in their order. */
export function variablesOf(graph: Graph): number[] {
  const named = new Set(graph.ops.flatMap((op) => (accesses.includes(op.type) ? [op.inputs[0]!] : [])));
  return [...named].filter((t) => graph.tensors[t]?.initial).sort((a, b) => a - b);
}

/** A variable tensor starts from TFLite's reset value, and a resource cannot be an operator's own state. */
export function variableProblems(graph: Graph): Diagnostic[] {
  const variables = new Set(variablesOf(graph));
  return graph.ops.flatMap((op, index) => {
    if (accesses.includes(op.type) || !op.inputs.some((t) => variables.has(t))) return [];
    const where = { op: { index, type: op.type, name: op.name } };
    const message = 'shares its state with a variable, which .tflite cannot express';
    return [error('cannot-export', message, 'Give the layer state of its own.', where)];
  });
}

export function handleTensor(name: string): Draft<'Tensor'> {
  return { name, shape: [], type: tensorTypes.indexOf('RESOURCE'), buffer: 0 };
}

interface Numbers {
  readonly code: (type: string) => number;
  readonly buffer: (data: TensorData, index: number) => number;
}

function varHandle(graph: Graph, variable: number, output: number, { code }: Numbers): Draft<'Operator'> {
  const table = { container: '', shared_name: graph.tensors[variable]!.name };
  return {
    opcode_index: code('VAR_HANDLE'),
    inputs: [],
    outputs: [output],
    builtin_options_type: optionsUnion.VarHandleOptions,
    builtin_options: { name: 'VarHandleOptions', table },
  };
}

/** What the main subgraph begins with; nothing without variables. */
export function variableOperators(graph: Graph, numbers: Numbers): Draft<'Operator'>[] {
  const variables = variablesOf(graph);
  if (variables.length === 0) return [];
  return [
    {
      opcode_index: numbers.code('CALL_ONCE'),
      inputs: [],
      outputs: [],
      builtin_options_type: optionsUnion.CallOnceOptions,
      builtin_options: { name: 'CallOnceOptions', table: { init_subgraph_index: 1 } },
    },
    ...variables.map((variable) => varHandle(graph, variable, variable, numbers)),
  ];
}

/** The subgraph that assigns initial values: a handle and a constant for each variable. */
export function initialSubgraph(graph: Graph, numbers: Numbers): Draft<'SubGraph'>[] {
  const variables = variablesOf(graph);
  if (variables.length === 0) return [];
  const tensors = variables.flatMap((variable): Draft<'Tensor'>[] => {
    const { name, dtype, shape, quantization, initial } = graph.tensors[variable]!;
    return [
      handleTensor(name),
      {
        name: `${name}_initial`,
        shape,
        type: tensorTypeOf(dtype),
        buffer: numbers.buffer(initial!, variable),
        ...(quantization && {
          quantization: { scale: quantization.scale, zero_point: quantization.zeroPoint },
        }),
      },
    ];
  });
  const operators = variables.flatMap((variable, i): Draft<'Operator'>[] => [
    varHandle(graph, variable, 2 * i, numbers),
    {
      opcode_index: numbers.code('ASSIGN_VARIABLE'),
      inputs: [2 * i, 2 * i + 1],
      outputs: [],
      builtin_options_type: optionsUnion.AssignVariableOptions,
      builtin_options: { name: 'AssignVariableOptions', table: {} },
    },
  ]);
  return [{ name: 'initialize', tensors, inputs: [], outputs: [], operators }];
}
