/**
 * What operators share that make each value of two, with broadcasting: MAXIMUM, comparisons, DIV and their like. ADD, SUB
 * and MUL have files of their own.
 */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { DType, Graph, Op, OpType } from '../graph/graph.js';
import {
  type BroadcastLoop,
  broadcastLoops,
  broadcastProblems,
  broadcastRuns,
  broadcastShape,
} from './broadcast.js';
import { dtypeProblems, operandProblems } from './checks.js';
import type { DTypeCombination, OpDefinition, OpProblem, Step } from './op.js';

/** What a kernel needs; for quantized values whatever the operator says beside the loops. */
export interface BinaryParameters<Quantized = never> {
  readonly input: DType;
  readonly output: DType;
  /** Innermost first. */
  readonly loops: readonly BroadcastLoop[];
  readonly quantized?: Quantized;
}

export interface BinaryOperator<T extends OpType, Quantized> {
  readonly type: T;
  readonly supports: readonly DTypeCombination[];
  /** Problems of an op whose operands, dtypes and shapes are in order. */
  readonly check?: (op: Op<T>, graph: Graph) => OpProblem[];
  readonly quantized?: (op: Op<T>, graph: Graph) => Quantized | undefined;
  /** float32 is rounded after every operation; of int64 the values are bigints, which compare as numbers do. */
  value(op: Op<T>, parameters: BinaryParameters<Quantized>): (a: number, b: number) => number;
}

export interface Binary<T extends OpType, Quantized> {
  readonly definition: OpDefinition<T>;
  /** Call only on an op whose `check` found nothing. */
  parameters(op: Op<T>, graph: Graph): BinaryParameters<Quantized>;
}

type Values = Float32Array;

export function binary<T extends OpType, Quantized = never>(
  operator: BinaryOperator<T, Quantized>,
): Binary<T, Quantized> {
  const { type, supports } = operator;

  function parameters(op: Op<T>, graph: Graph): BinaryParameters<Quantized> {
    const [a, b] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1)];
    const quantized = operator.quantized?.(op, graph);
    const loops = broadcastLoops(a.shape, b.shape);
    return { input: a.dtype, output: outputTensor(graph, op).dtype, loops, quantized };
  }

  return {
    parameters,
    definition: {
      type,
      supports,
      check(op, graph) {
        const missing = operandProblems(op, graph, { min: 2, max: 2 });
        if (missing.length > 0) return missing;
        const [a, b, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
        const problems = [...dtypeProblems(supports, [a, b], output), ...broadcastProblems(a, b, output)];
        return problems.length > 0 ? problems : (operator.check?.(op, graph) ?? []);
      },
      infer: (op, graph) => [broadcastShape(inputTensor(graph, op).shape, inputTensor(graph, op, 1).shape)!],
      macs: () => 0,
      simulate(op, graph, memory) {
        const p = parameters(op, graph);
        const [a, b] = [memory[op.inputs[0]!] as Values, memory[op.inputs[1]!] as Values];
        return binaryStep(p.loops, operator.value(op, p), a, b, memory[op.outputs[0]!] as Values);
      },
    },
  };
}

function binaryStep(
  loops: readonly BroadcastLoop[],
  value: (a: number, b: number) => number,
  a: Values,
  b: Values,
  output: Values,
): Step {
  const { run, a: startsA, b: startsB } = broadcastRuns(loops);
  const { count, a: stepA, b: stepB } = run;
  return () => {
    for (let r = 0, o = 0; r < startsA.length; r++) {
      for (let i = 0, ia = startsA[r]!, ib = startsB[r]!; i < count; i++, ia += stepA, ib += stepB) {
        output[o++] = value(a[ia]!, b[ib]!);
      }
    }
  };
}
