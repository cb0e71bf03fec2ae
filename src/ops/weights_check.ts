/** The checks that CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share: what TFLM's Prepare refuses or trusts. */
import { elementCount, optionalInput } from '../graph/access.js';
import type { Graph, Op, Quantization, Tensor } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import {
  activationProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  zeroPointProblems,
} from './checks.js';
import type { Accumulator } from './convolution.js';
import type { DTypeCombination, OpProblem } from './op.js';

export const weightedCombinations: readonly DTypeCombination[] = [
  { input: 'int8', weights: 'int8', output: 'int8' },
  { input: 'int8', weights: 'int4', output: 'int8' },
  { input: 'int16', weights: 'int8', output: 'int16' },
  { input: 'float32', weights: 'float32', output: 'float32' },
];

type WeightedType = 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED';

export interface WeightedTensors {
  readonly input: Tensor;
  readonly weights: Tensor;
  readonly bias?: Tensor;
  readonly output: Tensor;
}

/** The tensors, or the reasons why they cannot be told apart. */
export function weightedTensors(op: Op<WeightedType>, graph: Graph): WeightedTensors | OpProblem[] {
  const problems = operandProblems(op, graph, { min: 2, max: 3 });
  const [input, weights] = [optionalInput(graph, op, 0), optionalInput(graph, op, 1)];
  const output = graph.tensors[op.outputs[0] ?? -1];
  if (problems.length > 0 || !input || !weights || !output) return problems;
  return { input, weights, output, bias: optionalInput(graph, op, 2) };
}

/** dtypes, constness, activation, quantization. `channels` is the number of outputs, along weights axis `axis`. */
export function checkWeighted(
  { input, weights, bias, output }: WeightedTensors,
  options: {
    readonly channels: number;
    readonly axis: number;
    readonly activation: FusedActivation;
    /** DTypes of the bias of an int16 op; those of the others are fixed. */
    readonly int16Bias: readonly ('int32' | 'int64')[];
    readonly accumulator: Accumulator;
    /** The real multiplier of channel c. */
    readonly multiplier: (c: number) => number;
  },
): OpProblem[] {
  const problems: OpProblem[] = [];
  const problem = (code: string, message: string, hint = quantizeAgain) =>
    problems.push({ code, message, hint });

  const combination = weightedCombinations.some(
    (c) => c.input === input.dtype && c.weights === weights.dtype && c.output === output.dtype,
  );
  if (!combination) {
    const hybrid = input.dtype === 'float32' && weights.dtype !== 'float32' ? ' (a hybrid model)' : '';
    problem(
      'op-dtypes',
      `cannot compute ${input.dtype} input with ${weights.dtype} weights to ${output.dtype} output${hybrid}`,
    );
  }
  for (const [what, tensor] of [
    ['weights', weights],
    ['bias', bias],
  ] as const) {
    if (tensor && !tensor.data) {
      problem(
        'not-constant',
        `its ${what} are computed in the model`,
        'Freeze the variables before exporting.',
      );
    }
  }
  if (!combination) return problems;

  if (bias) {
    const dtypes =
      input.dtype === 'int16' ? options.int16Bias : [input.dtype === 'int8' ? 'int32' : 'float32'];
    if (!(dtypes as string[]).includes(bias.dtype)) {
      problem('op-dtypes', `has a ${bias.dtype} bias where ${input.dtype} needs ${dtypes.join(' or ')}`);
    }
    if (elementCount(bias.shape) !== options.channels) {
      problem(
        'op-shape',
        `has ${elementCount(bias.shape)} bias values for ${options.channels} output channels`,
      );
    }
    if (bias.data instanceof BigInt64Array && bias.data.some((v) => v >= 2n ** 46n || v < -(2n ** 46n))) {
      problem('op-range', 'has a 64-bit bias beyond 2^46, where the arithmetic is not defined');
    }
  }
  if (input.dtype === 'float32') return [...problems, ...activationProblems(options.activation, output)];

  const before = problems.length;
  for (const [what, tensor] of [
    ['input', input],
    ['output', output],
  ] as const) {
    const found = quantizationProblems(what, tensor);
    problems.push(...found);
    if (input.dtype === 'int16' && found.length === 0) problems.push(...zeroPointProblems(what, tensor));
  }
  const reason = weightsProblem(weights.quantization, options.channels, options.axis);
  if (reason) problem('quantization', `its weights "${weights.name}" ${reason}`);
  if (problems.length > before) return problems;

  const maxShift = options.accumulator === 'int64' ? 7 : 30;
  for (let c = 0; c < options.channels; c++) {
    const real = options.multiplier(c);
    if (!Number.isFinite(real) || quantizeMultiplier(real).shift > maxShift) {
      problem('quantization', `channel ${c} is scaled by ${real}, beyond 2^${maxShift}`);
      break;
    }
  }
  return [...problems, ...activationProblems(options.activation, output)];
}

function weightsProblem(q: Quantization | undefined, channels: number, axis: number): string | undefined {
  if (!q || q.scale.length === 0) return 'have no scale';
  if (q.scale.length !== 1 && (q.scale.length !== channels || q.axis !== axis)) {
    return `have ${q.scale.length} scales along axis ${q.axis}, not 1, nor ${channels} along axis ${axis}`;
  }
  const wrong = q.scale.find((s) => !(s >= 0 && Number.isFinite(s)));
  if (wrong !== undefined) return `have the scale ${wrong}`;
  const zeroPoint = q.zeroPoint.find((z) => z !== 0);
  if (zeroPoint !== undefined) return `have the zero point ${zeroPoint}; weights are symmetric`;
  return undefined;
}
