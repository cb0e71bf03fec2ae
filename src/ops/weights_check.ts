/** The checks that CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share: what TFLM's Prepare refuses or trusts. */
import { elementCount, optionalInput, scaleOf } from '../graph/access.js';
import type { Graph, Op, Quantization, Tensor } from '../graph/graph.js';
import {
  calculateActivationRangeQuantized,
  type FusedActivation,
  fusedActivations,
} from '../numerics/activation_range.js';
import { quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { integerRange } from './convolution.js';
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

const requantize =
  'Export the model again with TFLite full-integer quantization, or quantize it with `crimp quantize`.';

/** The tensors, or the reasons why they cannot be told apart. */
export function weightedTensors(op: Op<WeightedType>, graph: Graph): WeightedTensors | OpProblem[] {
  const problems: OpProblem[] = [];
  const hint = 'The file is damaged, or its writer is at fault: export the model again.';
  if (op.inputs.length < 2 || op.inputs.length > 3) {
    problems.push({ code: 'op-inputs', message: `takes 2 or 3 inputs, has ${op.inputs.length}`, hint });
  }
  if (op.outputs.length !== 1) {
    problems.push({ code: 'op-outputs', message: `gives 1 output, has ${op.outputs.length}`, hint });
  }
  const input = optionalInput(graph, op, 0);
  const weights = optionalInput(graph, op, 1);
  const output = graph.tensors[op.outputs[0] ?? -1];
  if (!input || !weights)
    problems.push({ code: 'op-inputs', message: 'lacks its input or its weights', hint });
  if (!input || !weights || !output || problems.length > 0) return problems;
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
    readonly accumulator: 'int32' | 'int64' | 'float32';
    /** The real multiplier of channel c. */
    readonly multiplier: (c: number) => number;
  },
): OpProblem[] {
  const problems: OpProblem[] = [];
  const problem = (code: string, message: string, hint = requantize) =>
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
  const known = fusedActivations.includes(options.activation);
  if (!known) {
    problem(
      'op-attribute',
      `has the unknown fused activation ${options.activation}`,
      'Use a separate layer.',
    );
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
  if (input.dtype === 'float32') return problems;

  const before = problems.length;
  for (const [what, tensor] of [
    ['input', input],
    ['output', output],
  ] as const) {
    const reason = perTensorProblem(tensor.quantization);
    if (reason) problem('quantization', `its ${what} "${tensor.name}" ${reason}`);
    else if (input.dtype === 'int16' && tensor.quantization?.zeroPoint[0] !== 0) {
      problem('quantization', `its int16 ${what} has zero point ${tensor.quantization?.zeroPoint[0]}, not 0`);
    }
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
  if (known) {
    const range = calculateActivationRangeQuantized(
      options.activation,
      scaleOf(output),
      output.quantization?.zeroPoint[0] ?? 0,
      integerRange(input.dtype as 'int8' | 'int16'),
    );
    if (!(range.min <= range.max)) {
      problem('quantization', `its output cannot hold any value that ${options.activation} lets through`);
    }
  }
  return problems;
}

function perTensorProblem(q: Quantization | undefined): string | undefined {
  const scale = q?.scale[0];
  if (!q || scale === undefined) return 'has no scale';
  if (q.scale.length > 1) return `has ${q.scale.length} scales; activations are quantized per tensor`;
  if (!(scale > 0 && Number.isFinite(scale))) return `has the scale ${scale}`;
  return undefined;
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
