/** The checks that CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV share: what TFLM's Prepare refuses or trusts. */
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

export interface WeightedCheck {
  /** Number of output channels, which lie along axis `axis` of the weights. */
  readonly channels: number;
  readonly axis: number;
  readonly activation: FusedActivation;
  /** DTypes of the bias of an int16 op; those of the others are fixed. */
  readonly int16Bias: readonly ('int16' | 'int32' | 'int64')[];
  readonly accumulator: Accumulator;
  /** The real multiplier of channel c. */
  readonly multiplier: (c: number) => number;
}

/** dtypes, constness, bias, quantization, activation. */
export function checkWeighted(tensors: WeightedTensors, options: WeightedCheck): OpProblem[] {
  const { input, weights, output } = tensors;
  const combination = weightedCombinations.some(
    (c) => c.input === input.dtype && c.weights === weights.dtype && c.output === output.dtype,
  );
  const constness = constnessProblems(tensors);
  if (!combination) {
    const hybrid = input.dtype === 'float32' && weights.dtype !== 'float32' ? ' (a hybrid model)' : '';
    const message = `cannot compute ${input.dtype} input with ${weights.dtype} weights to ${output.dtype} output${hybrid}`;
    return [{ code: 'op-dtypes', message, hint: quantizeAgain }, ...constness];
  }
  const problems = [...constness, ...biasProblems(tensors, options)];
  if (input.dtype !== 'float32') {
    const scales = scaleProblems(tensors, options);
    problems.push(...scales);
    if (scales.length > 0) return problems;
    problems.push(...channelProblems(options));
  }
  return [...problems, ...activationProblems(options.activation, output)];
}

function constnessProblems({ weights, bias }: WeightedTensors): OpProblem[] {
  const parts = [['weights', weights] as const, ['bias', bias] as const];
  return parts
    .filter(([, tensor]) => tensor && !tensor.data)
    .map(([what]) => ({
      code: 'not-constant',
      message: `its ${what} are computed in the model`,
      hint: 'Freeze the variables before exporting.',
    }));
}

function biasProblems({ input, bias }: WeightedTensors, { channels, int16Bias }: WeightedCheck): OpProblem[] {
  if (!bias) return [];
  const problems: OpProblem[] = [];
  const problem = (code: string, message: string) => problems.push({ code, message, hint: quantizeAgain });
  const dtypes: readonly string[] =
    input.dtype === 'int16' ? int16Bias : [input.dtype === 'int8' ? 'int32' : 'float32'];
  if (!dtypes.includes(bias.dtype)) {
    problem('op-dtypes', `has a ${bias.dtype} bias where ${input.dtype} needs ${dtypes.join(' or ')}`);
  }
  const count = elementCount(bias.shape);
  if (count !== channels) problem('op-shape', `has ${count} bias values for ${channels} output channels`);
  if (bias.data instanceof BigInt64Array && bias.data.some((v) => v >= 2n ** 46n || v < -(2n ** 46n))) {
    problem('op-range', 'has a 64-bit bias beyond 2^46, where the arithmetic is not defined');
  }
  return problems;
}

/** Scales and zero points of activations and weights. */
function scaleProblems(
  { input, weights, output }: WeightedTensors,
  { channels, axis }: WeightedCheck,
): OpProblem[] {
  const activations = [['input', input] as const, ['output', output] as const];
  const problems = activations.flatMap(([what, tensor]) => {
    const found = quantizationProblems(what, tensor);
    return found.length === 0 && input.dtype === 'int16' ? zeroPointProblems(what, tensor) : found;
  });
  const reason = weightsProblem(weights.quantization, channels, axis);
  if (reason) {
    const message = `its weights "${weights.name}" ${reason}`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return problems;
}

/** The first channel whose multiplier the accumulator's arithmetic cannot take. */
function channelProblems({ channels, accumulator, multiplier }: WeightedCheck): OpProblem[] {
  const maxShift = accumulator === 'int64' ? 7 : 30;
  for (let c = 0; c < channels; c++) {
    const real = multiplier(c);
    if (Number.isFinite(real) && quantizeMultiplier(real).shift <= maxShift) continue;
    const message = `channel ${c} is scaled by ${real}, beyond 2^${maxShift}`;
    return [{ code: 'quantization', message, hint: quantizeAgain }];
  }
  return [];
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
