/**
 * What ARG_MAX and ARG_MIN share: where along an axis the largest or smallest value stands, of equal ones the first. A
 * value that is no number stays behind, unless it is the first of all. TFLM: kernels/arg_min_max.cc,
 * reference/arg_min_max.h.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { axisOf, integerProblems, integersOf, rangeProblem } from './constant_operand.js';
import type { OpDefinition, OpProblem, Step } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: operators without attributes.
export type ArgExtremumAttributes = {};

export type ArgExtremumType = 'ARG_MAX' | 'ARG_MIN';

declare module '../graph/graph.js' {
  interface OpAttributes extends Record<ArgExtremumType, ArgExtremumAttributes> {}
}

export interface ArgExtremumParameters {
  readonly dtype: 'int8' | 'float32';
  /** The input is [outer][size][inner], the output [outer][inner]. */
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

const supports = (['int8', 'float32'] as const).map((input) => ({ input, output: 'int32' as const }));

function axis<T extends ArgExtremumType>(op: Op<T>, graph: Graph): number | undefined {
  return axisOf(integersOf(op, graph, 1)?.[0], inputTensor(graph, op).shape.length);
}

function infer<T extends ArgExtremumType>(op: Op<T>, graph: Graph): Shape {
  const along = axis(op, graph);
  return inputTensor(graph, op).shape.filter((_, i) => i !== along);
}

/** Call only on an op whose `check` found nothing. */
export function argExtremumParameters<T extends ArgExtremumType>(
  op: Op<T>,
  graph: Graph,
): ArgExtremumParameters {
  const { shape, dtype } = inputTensor(graph, op);
  const along = axis(op, graph)!;
  return {
    dtype: dtype as ArgExtremumParameters['dtype'],
    outer: elementCount(shape.slice(0, along)),
    size: shape[along]!,
    inner: elementCount(shape.slice(along + 1)),
  };
}

function check<T extends ArgExtremumType>(op: Op<T>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [
    ...dtypeProblems(supports, [input], output),
    ...integerProblems(op, graph, 1, { what: 'axis', length: 1 }),
  ];
  if (problems.length > 0) return problems;
  if (axis(op, graph) !== undefined) return [];
  return [rangeProblem(`has no axis ${integersOf(op, graph, 1)} in the shape [${input.shape}]`)];
}

type Values = Int8Array | Float32Array;

function simulate(
  { outer, size, inner }: ArgExtremumParameters,
  input: Values,
  output: Int32Array,
  beyond: (value: number, best: number) => boolean,
): Step {
  return () => {
    for (let o = 0; o < outer * inner; o++) {
      const first = (o - (o % inner)) * size + (o % inner);
      let place = 0;
      for (let i = 1; i < size; i++) {
        if (beyond(input[first + i * inner]!, input[first + place * inner]!)) place = i;
      }
      output[o] = place;
    }
  };
}

export function argExtremum<T extends ArgExtremumType>(
  type: T,
  beyond: (value: number, best: number) => boolean,
): OpDefinition<T> {
  return {
    type,
    supports,
    check,
    infer: (op, graph) => [infer(op, graph)],
    macs: () => 0,
    simulate(op, graph, memory) {
      const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Int32Array];
      return simulate(argExtremumParameters(op, graph), input, output, beyond);
    },
  };
}
