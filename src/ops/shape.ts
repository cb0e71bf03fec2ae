/** SHAPE: the dimensions of its input, known when the model is compiled. TFLM: kernels/shape.cc, which gives int32. */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { DType, Graph, Op } from '../graph/graph.js';
import { exportAgain, operandProblems } from './checks.js';
import { type Movement, type MovingDefinition, movedTypes, movementStep } from './movement.js';

export interface ShapeAttributes {
  /** As the file has it; the output tensor's type decides. */
  readonly outType?: 'int32' | 'int64';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SHAPE: ShapeAttributes;
  }
}

const supports = (['int32', 'int64'] as const).flatMap((output) =>
  movedTypes.map((input): { input: DType; output: DType } => ({ input, output })),
);

function movement(op: Op<'SHAPE'>, graph: Graph): Movement {
  const { shape } = inputTensor(graph, op);
  const { dtype } = outputTensor(graph, op);
  const constant = dtype === 'int64' ? BigInt64Array.from(shape, BigInt) : Int32Array.from(shape);
  const loops = [{ count: shape.length, from: 1, to: 1 }];
  return { dtype, moves: [{ source: { constant }, output: 0, from: 0, to: 0, loops }] };
}

export const shape: MovingDefinition<'SHAPE'> = {
  type: 'SHAPE',
  supports,
  check(op, graph) {
    const problems = operandProblems(op, graph, { min: 1, max: 1 });
    if (problems.length > 0) return problems;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    if (supports.some((c) => c.input === input.dtype && c.output === output.dtype)) return [];
    const message = `cannot tell the shape of ${input.dtype} as ${output.dtype}`;
    return [{ code: 'op-dtypes', message, hint: exportAgain }];
  },
  infer: (op, graph) => [[inputTensor(graph, op).shape.length]],
  macs: () => 0,
  simulate: (op, graph, memory) => movementStep(movement(op, graph), op as Op, memory),
  movement,
};
