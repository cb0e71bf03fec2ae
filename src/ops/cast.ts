/**
 * CAST between types as a C compiler converts values: integers lose their upper bits, reals their fraction. Where C leaves
 * the result undefined, a real beyond the type, it is the type's nearest value, as Arm's instructions have it for int32; a
 * NaN becomes 0. Scales play no part. TFLM: kernels/cast.cc; uint8 and bool on both sides are TFLite's.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { clamp } from '../numerics/rounding.js';
import { exportAgain, operandProblems, typeRange } from './checks.js';
import type { OpDefinition, Step } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type CastAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    CAST: CastAttributes;
  }
}

const types = ['int8', 'uint8', 'int16', 'int32', 'float32', 'bool'] as const;
export type CastType = (typeof types)[number];

export interface CastParameters {
  readonly input: CastType;
  readonly output: CastType;
  readonly count: number;
}

const supports = types.flatMap((input) => types.map((output) => ({ input, output })));

/** Call only on an op whose `check` found nothing. */
export function castParameters(op: Op<'CAST'>, graph: Graph): CastParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  return {
    input: input.dtype as CastType,
    output: output.dtype as CastType,
    count: elementCount(input.shape),
  };
}

type Values = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

function simulate({ input: from, output: to, count }: CastParameters, input: Values, output: Values): Step {
  if (to === 'bool') {
    return () => {
      for (let i = 0; i < count; i++) output[i] = input[i] === 0 ? 0 : 1;
    };
  }
  if (from === 'float32' && to !== 'float32') {
    const { min, max } = typeRange(to);
    return () => {
      for (let i = 0; i < count; i++) output[i] = clamp(Math.trunc(input[i]!) || 0, min, max);
    };
  }
  // A typed array keeps the lower bits, and rounds to the nearest float32.
  return () => {
    for (let i = 0; i < count; i++) output[i] = input[i]!;
  };
}

export const cast: OpDefinition<'CAST'> = {
  type: 'CAST',
  supports,
  check(op, graph) {
    const problems = operandProblems(op, graph, { min: 1, max: 1 });
    if (problems.length > 0) return problems;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    if (supports.some((c) => c.input === input.dtype && c.output === output.dtype)) return [];
    const message = `cannot turn ${input.dtype} into ${output.dtype}`;
    return [{ code: 'op-dtypes', message, hint: exportAgain }];
  },
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate: (op, graph, memory) =>
    simulate(castParameters(op, graph), memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values),
};
