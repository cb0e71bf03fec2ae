/**
 * What operators share that only move values: nested loops over strides, known at compile time. Values are copied as
 * they stand, whatever the scales on both sides, as TFLM's kernels do.
 */
import { elementCount, inputTensor } from '../graph/access.js';
import type { DType, Graph, Op, OpType, Shape, TensorData } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { type Memory, type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

/** One loop: its length, and how many elements each side moves per iteration (0: the same one again). */
export interface MoveLoop {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Positions in op.inputs and op.outputs, or values that the graph does not hold. */
export type MoveSource =
  | { readonly input: number }
  | { readonly output: number }
  | { readonly constant: TensorData };

export interface Move {
  readonly source: MoveSource;
  /** Position in op.outputs. */
  readonly output: number;
  /** Elements from the tensors' starts to the first one read and written. */
  readonly from: number;
  readonly to: number;
  /** Outermost first. */
  readonly loops: readonly MoveLoop[];
}

export interface Movement {
  readonly dtype: DType;
  /** In order: a later one may read what an earlier one has written, or write over it. */
  readonly moves: readonly Move[];
}

/** Every type but int4, whose values share bytes in files. */
export const movedTypes = ['int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool'] as const;

/** Elements between neighbors along each axis. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}

/** Loops over all of `shape`, each axis with its stride on both sides. */
export function loopsOf(shape: Shape, from: readonly number[], to: readonly number[]): MoveLoop[] {
  return shape.map((count, axis) => ({ count, from: from[axis]!, to: to[axis]! }));
}

/** The same moves in fewer loops: those of one iteration left out, neighbors that go on where the inner one ends merged. Never empty. */
export function mergeLoops(loops: readonly MoveLoop[]): readonly MoveLoop[] {
  const merged: MoveLoop[] = [];
  for (const loop of loops) {
    const outer = merged.at(-1);
    if (loop.count === 1) continue;
    if (outer && outer.from === loop.from * loop.count && outer.to === loop.to * loop.count) {
      merged[merged.length - 1] = { ...loop, count: outer.count * loop.count };
    } else merged.push(loop);
  }
  return merged.length > 0 ? merged : [{ count: 1, from: 1, to: 1 }];
}

/** Values of a fill: one element again and again over the whole output. */
export function fillMove(source: MoveSource, shape: Shape, output = 0): Move {
  return { source, output, from: 0, to: 0, loops: [{ count: elementCount(shape), from: 0, to: 1 }] };
}

/** Nothing but a copy of input `input`, whole. */
export function wholeMove(shape: Shape, input = 0): Move {
  return {
    source: { input },
    output: 0,
    from: 0,
    to: 0,
    loops: [{ count: elementCount(shape), from: 1, to: 1 }],
  };
}

/** What distinguishes one such operator from another. */
interface MovingOperator<T extends OpType> {
  readonly type: T;
  readonly inputs: { readonly min: number; readonly max: number };
  /** Position of the input whose values go to the outputs; 0 unless given. */
  readonly data?: number;
  /** How many outputs there are; 1 unless given. */
  readonly outputs?: (op: Op<T>) => number;
  /** Every reason beyond operands and dtypes. Shapes are compared with what `infer` gives. */
  problems(op: Op<T>, graph: Graph): OpProblem[];
  infer(op: Op<T>, graph: Graph): Shape[];
  moves(op: Op<T>, graph: Graph): readonly Move[];
}

export type MovingDefinition<T extends OpType> = OpDefinition<T> & {
  /** For the code generator. Call only on an op whose `check` found nothing. */
  movement(op: Op<T>, graph: Graph): Movement;
};

export function movingOperator<T extends OpType>(operator: MovingOperator<T>): MovingDefinition<T> {
  const { type, inputs, data = 0, outputs = () => 1, infer } = operator;
  const supports = sameDType(...movedTypes);
  const movement = (op: Op<T>, graph: Graph): Movement => ({
    dtype: inputTensor(graph, op, data).dtype,
    moves: operator.moves(op, graph).map((move) => ({ ...move, loops: mergeLoops(move.loops) })),
  });
  return {
    type,
    supports,
    data,
    check(op, graph) {
      const missing = operandProblems(op, graph, { ...inputs, outputs: Math.max(1, outputs(op)) });
      if (missing.length > 0) return missing;
      const input = inputTensor(graph, op, data);
      const unlike = op.outputs.find((t) => graph.tensors[t]!.dtype !== input.dtype) ?? op.outputs[0]!;
      return [...dtypeProblems(supports, [input], graph.tensors[unlike]!), ...operator.problems(op, graph)];
    },
    infer,
    macs: () => 0,
    simulate: (op, graph, memory) => movementStep(movement(op, graph), op as Op, memory),
    movement,
  };
}

type Values = Int8Array;

export function movementStep({ moves }: Movement, op: Op, memory: Memory): Step {
  const steps = moves.map((move): Step => {
    const { source, output } = move;
    const from = (
      'constant' in source
        ? source.constant
        : memory['input' in source ? op.inputs[source.input]! : op.outputs[source.output]!]
    ) as Values;
    const to = memory[op.outputs[output]!] as Values;
    const run = move.loops.at(-1)!;
    const starts = moveStarts(move);
    return () => {
      for (let r = 0; r < starts.from.length; r++) {
        let [i, o] = [starts.from[r]!, starts.to[r]!];
        for (let n = 0; n < run.count; n++, i += run.from, o += run.to) to[o] = from[i]!;
      }
    };
  });
  return () => {
    for (let i = 0; i < steps.length; i++) steps[i]!();
  };
}

/** The runs of a move's innermost loop: the elements that each begins with, in order. */
export function moveStarts(move: Move): { readonly from: Int32Array; readonly to: Int32Array } {
  let starts = { from: Int32Array.of(move.from), to: Int32Array.of(move.to) };
  for (const { count, from, to } of move.loops.slice(0, -1)) {
    const spread = (outer: Int32Array, stride: number) =>
      Int32Array.from({ length: outer.length * count }, (_, i) => {
        return outer[Math.floor(i / count)]! + (i % count) * stride;
      });
    starts = { from: spread(starts.from, from), to: spread(starts.to, to) };
  }
  return starts;
}
