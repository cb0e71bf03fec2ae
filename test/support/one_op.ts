/** Graphs of one op whose outputs have the shapes that it infers, and what it makes of inputs that count up from 0. */
import { checkGraph } from '../../src/graph/check.js';
import type {
  DType,
  Graph,
  Op,
  OpAttributes,
  OpType,
  Shape,
  Tensor,
  TensorData,
} from '../../src/graph/graph.js';
import { definitionOf } from '../../src/ops/registry.js';
import { createSimulator } from '../../src/simulator/simulator.js';

/** An input of the model, or a constant: int32 [n] from plain numbers, one value without a shape from a single one. */
export type Operand =
  | { readonly shape: Shape; readonly dtype?: DType; readonly data?: TensorData }
  | readonly number[]
  | number;

export interface Outputs {
  /** 1 unless given. */
  readonly count?: number;
  /** The first input's unless given. */
  readonly dtype?: DType | undefined;
}

export function oneOp<T extends OpType>(
  type: T,
  operands: readonly Operand[],
  attributes: OpAttributes[T],
  { count = 1, dtype }: Outputs = {},
): Graph {
  const tensors: Tensor[] = operands.map((operand, i) => tensorOf(`x${i}`, operand));
  const inputs = tensors.flatMap((tensor, i) => (tensor.data ? [] : [i]));
  const outputs = Array.from({ length: count }, (_, i) => tensors.length + i);
  const output = dtype ?? tensors[inputs[0] ?? 0]!.dtype;
  const op = { type, name: 'y', inputs: tensors.map((_, i) => i), outputs, attributes } as Op<T>;
  const graphOf = (shapes: readonly Shape[]): Graph => ({
    name: 'one',
    tensors: [
      ...tensors,
      ...outputs.map((_, i) => ({ name: `y${i}`, dtype: output, shape: shapes[i] ?? [1] })),
    ],
    ops: [op as unknown as Graph['ops'][number]],
    inputs,
    outputs,
  });
  const draft = graphOf([]);
  const definition = definitionOf(op);
  return definition.check(op, draft).length > 0 ? draft : graphOf(definition.infer(op, draft));
}

function tensorOf(name: string, operand: Operand): Tensor {
  if (typeof operand === 'number') return { name, dtype: 'int32', shape: [], data: Int32Array.of(operand) };
  if (!('shape' in operand)) {
    return { name, dtype: 'int32', shape: [operand.length], data: Int32Array.from(operand) };
  }
  return { name, dtype: 'int8', ...operand };
}

/** The outputs' shapes. */
export function shapesOf(graph: Graph): Shape[] {
  return graph.outputs.map((t) => graph.tensors[t]!.shape);
}

/** The outputs for inputs that count up from 0, each on its own. */
export function valuesOf(graph: Graph): number[][] {
  const simulator = createSimulator(graph);
  for (const t of graph.inputs) {
    const data = simulator.memory[t] as Int8Array;
    for (let i = 0; i < data.length; i++) data[i] = i;
  }
  simulator.run();
  return graph.outputs.map((t) => Array.from(simulator.memory[t]!, Number));
}

/** Codes of all problems. */
export function codesOf(graph: Graph): string[] {
  return checkGraph(graph).map((d) => d.code);
}
