/**
 * BROADCAST_ARGS: the shape to which two shapes broadcast, as the first operand of BROADCAST_TO has it; of constants it is known at
 * import. int64 dimensions go through 32 bits. Where computed ones do not broadcast, for which TFLM stops, the first
 * one's count. TFLM: kernels/broadcast_args.cc, reference/broadcast_args.h.
 */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { broadcastShape } from './broadcast.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { integersOf, shapeProblem } from './constant_operand.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type BroadcastArgsAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    BROADCAST_ARGS: BroadcastArgsAttributes;
  }
}

export interface BroadcastArgsParameters {
  readonly dtype: 'int32' | 'int64';
  /** Dimensions of the result, and of each operand. */
  readonly rank: number;
  readonly ranks: readonly [number, number];
}

const supports = sameDType('int32', 'int64');

/** Call only on an op whose `check` found nothing. */
export function broadcastArgsParameters(op: Op<'BROADCAST_ARGS'>, graph: Graph): BroadcastArgsParameters {
  const [a, b] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const ranks = [a.shape[0]!, b.shape[0]!] as const;
  return { dtype: a.dtype as BroadcastArgsParameters['dtype'], rank: Math.max(...ranks), ranks };
}

function check(op: Op<'BROADCAST_ARGS'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const operands = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const problems = dtypeProblems(supports, operands, outputTensor(graph, op));
  const whole = operands.find(({ shape }) => shape.length !== 1);
  if (whole) problems.push(shapeProblem(`takes a shape from a tensor of the shape [${whole.shape}]`));
  const [a, b] = [integersOf(op, graph, 0), integersOf(op, graph, 1)];
  if (problems.length === 0 && a && b && !broadcastShape(a, b)) {
    problems.push(shapeProblem(`cannot broadcast [${a}] with [${b}]`));
  }
  return problems;
}

export const broadcastArgs: OpDefinition<'BROADCAST_ARGS'> = {
  type: 'BROADCAST_ARGS',
  supports,
  check,
  infer: (op, graph) => [[broadcastArgsParameters(op, graph).rank]],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { dtype, rank, ranks } = broadcastArgsParameters(op, graph);
    const operands = op.inputs.map((t) => memory[t] as Int32Array | BigInt64Array);
    const output = memory[op.outputs[0]!]!;
    const dimension = (i: number, operand: number): number => {
      const at = i - rank + ranks[operand]!;
      return at < 0 ? 1 : Number(BigInt.asIntN(32, BigInt(operands[operand]![at]!)));
    };
    return () => {
      for (let i = 0; i < rank; i++) {
        const [a, b] = [dimension(i, 0), dimension(i, 1)];
        const n = a === 1 ? b : a;
        output[i] = dtype === 'int64' ? BigInt(n) : n;
      }
    };
  },
};
