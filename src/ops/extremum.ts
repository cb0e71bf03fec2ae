/**
 * What REDUCE_MAX, REDUCE_MIN and REDUCE_ALL share: of values as they stand the one that none of the others goes beyond.
 * TFLM: kernels/reduce_common.cc, reference/reduce.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { DType, Graph, Op } from '../graph/graph.js';
import { quantizationProblems, quantizeAgain } from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';
import {
  loopOffsets,
  type ReductionLoops,
  reducedShape,
  reductionLoops,
  reductionProblems,
} from './reduction.js';

export type ExtremumType = 'REDUCE_MAX' | 'REDUCE_MIN' | 'REDUCE_ALL';

export interface ExtremumParameters extends ReductionLoops {
  readonly dtype: 'int8' | 'float32' | 'bool';
  /** What is left where no value goes beyond it. */
  readonly initial: number;
}

interface Extremum<T extends ExtremumType> {
  readonly type: T;
  readonly dtypes: readonly ExtremumParameters['dtype'][];
  initial(dtype: ExtremumParameters['dtype']): number;
  /** Whether a value takes the place of the one so far. */
  beyond(value: number, current: number): boolean;
}

type Values = Float32Array;

export function extremum<T extends ExtremumType>({ type, dtypes, initial, beyond }: Extremum<T>) {
  const supports = sameDType(...(dtypes as readonly DType[]));
  const untyped = (op: Op<T>) => op as unknown as Op<ExtremumType>;

  /** Call only on an op whose `check` found nothing. */
  function parameters(op: Op<T>, graph: Graph): ExtremumParameters {
    const dtype = inputTensor(graph, op).dtype as ExtremumParameters['dtype'];
    return { dtype, initial: initial(dtype), ...reductionLoops(op, graph) };
  }

  function check(op: Op<T>, graph: Graph): OpProblem[] {
    const problems = reductionProblems(untyped(op), graph, supports);
    if (problems.some((p) => p.code === 'op-inputs' || p.code === 'op-outputs' || p.code === 'op-dtypes')) {
      return problems;
    }
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    if (input.dtype !== 'int8') return problems;
    const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
    if (quantization.length > 0) return [...problems, ...quantization];
    if (scaleOf(input) === scaleOf(output) && zeroPointOf(input) === zeroPointOf(output)) return problems;
    const message = 'has another scale or zero point at its output than at its input, and does not rescale';
    return [...problems, { code: 'quantization', message, hint: quantizeAgain }];
  }

  function simulate(p: ExtremumParameters, input: Values, output: Values): Step {
    const [starts, terms] = [loopOffsets(p.kept), loopOffsets(p.reduced)];
    return () => {
      for (let o = 0; o < starts.length; o++) {
        let current = p.initial;
        for (let i = 0; i < terms.length; i++) {
          const value = input[starts[o]! + terms[i]!]!;
          if (beyond(value, current)) current = value;
        }
        output[o] = current;
      }
    };
  }

  const definition: OpDefinition<T> = {
    type,
    supports,
    check,
    infer: (op, graph) => [reducedShape(untyped(op), graph)],
    macs: () => 0,
    simulate(op, graph, memory) {
      const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
      return simulate(parameters(op, graph), input, output);
    },
  };
  return { definition, parameters };
}
