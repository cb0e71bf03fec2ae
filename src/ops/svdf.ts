/**
 * SVDF: a rank-decomposed layer over a stream. Each filter takes one number from the input, keeps the last `memory` of
 * them as state and weighs those; a unit sums `rank` filters. The integer kernels ignore the fused activation. TFLM:
 * kernels/svdf_common.cc.
 */
import {
  elementCount,
  inputTensor,
  optionalInput,
  outputTensor,
  scaleOf,
  zeroPointOf,
} from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import { calculateActivationRange, type FusedActivation, type Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import {
  exportAgain,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  shapeProblems,
  stateProblems,
  typeRange,
  zeroPointProblems,
} from './checks.js';
import type { DTypeCombination, OpDefinition, OpProblem, Step } from './op.js';

export interface SvdfAttributes {
  readonly rank: number;
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SVDF: SvdfAttributes;
  }
}

export interface SvdfShape {
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  readonly rank: number;
  readonly memory: number;
}

export interface SvdfIntegerParameters extends SvdfShape {
  readonly dtype: 'int8';
  readonly stateDtype: 'int8' | 'int16';
  readonly inputOffset: number;
  readonly stateZeroPoint: number;
  readonly outputOffset: number;
  /** From input · feature weights to the state, and from state · time weights to the output. */
  readonly feature: QuantizedMultiplier;
  readonly time: QuantizedMultiplier;
}

export interface SvdfFloat32Parameters extends SvdfShape {
  readonly dtype: 'float32';
  /** Absent: none. */
  readonly activation?: Range;
}

export type SvdfParameters = SvdfIntegerParameters | SvdfFloat32Parameters;

/** Positions of the operands. */
export const svdfOperands = { input: 0, feature: 1, time: 2, bias: 3, state: 4 } as const;

const supports: readonly DTypeCombination[] = [
  { input: 'int8', weights: 'int8', output: 'int8' },
  { input: 'float32', weights: 'float32', output: 'float32' },
];

const f = Math.fround;

function operands(op: Op<'SVDF'>, graph: Graph) {
  const [input, feature, time] = [0, 1, 2].map((i) => inputTensor(graph, op, i)) as [Tensor, Tensor, Tensor];
  const [bias, state] = [optionalInput(graph, op, 3), inputTensor(graph, op, 4)];
  return { input, feature, time, bias, state, output: outputTensor(graph, op) };
}

/** TFLM forms both in float32 and widens the result. */
function multipliersOf({ input, feature, time, state, output }: ReturnType<typeof operands>) {
  return {
    feature: f(f(scaleOf(input) * scaleOf(feature)) / scaleOf(state)),
    time: f(f(scaleOf(state) * scaleOf(time)) / scaleOf(output)),
  };
}

/** Call only on an op whose `check` found nothing. */
export function svdfParameters(op: Op<'SVDF'>, graph: Graph): SvdfParameters {
  const tensors = operands(op, graph);
  const { input, feature, time, state, output } = tensors;
  const { rank, activation } = op.attributes;
  const [batch, inputs] = input.shape as readonly [number, number];
  const shape = { batch, inputs, rank, units: feature.shape[0]! / rank, memory: time.shape[1]! };
  if (input.dtype === 'float32') {
    return {
      dtype: 'float32',
      ...shape,
      ...(activation !== 'NONE' && { activation: calculateActivationRange(activation) }),
    };
  }
  const real = multipliersOf(tensors);
  return {
    dtype: 'int8',
    ...shape,
    stateDtype: state.dtype as 'int8' | 'int16',
    inputOffset: -zeroPointOf(input),
    stateZeroPoint: zeroPointOf(state),
    outputOffset: zeroPointOf(output),
    feature: quantizeMultiplier(real.feature),
    time: quantizeMultiplier(real.time),
  };
}

function check(op: Op<'SVDF'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 3, max: 5 });
  if (missing.length === 0 && !optionalInput(graph, op, 4)) {
    missing.push({ code: 'op-inputs', message: 'lacks its input 4', hint: exportAgain });
  }
  if (missing.length > 0) return missing;
  const tensors = operands(op, graph);
  const { input, feature, time, bias, state, output } = tensors;
  const problems = shapesOf(op, tensors);
  problems.push(...stateProblems('activation state', state));
  if (
    !supports.some((s) => input.dtype === s.input && feature.dtype === s.weights && output.dtype === s.output)
  ) {
    const message = `cannot compute ${output.dtype} from ${input.dtype} and ${feature.dtype} weights`;
    problems.push({ code: 'op-dtypes', message, hint: quantizeAgain });
    return problems;
  }
  const float = input.dtype === 'float32';
  const states = float ? ['float32'] : ['int8', 'int16'];
  if (!states.includes(state.dtype) || time.dtype !== state.dtype) {
    const message = `has ${state.dtype} state and ${time.dtype} time weights, where both are ${states.join(' or both ')}`;
    problems.push({ code: 'op-dtypes', message, hint: quantizeAgain });
  }
  const biasDtype = float ? 'float32' : 'int32';
  if (bias && bias.dtype !== biasDtype) {
    problems.push({
      code: 'op-dtypes',
      message: `has a bias of ${bias.dtype}, not ${biasDtype}`,
      hint: quantizeAgain,
    });
  }
  const { activation } = op.attributes;
  if (float && !['NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1'].includes(activation)) {
    const message = `has the fused activation ${activation}, which is not supported here`;
    problems.push({ code: 'op-attribute', message, hint: 'Use a separate layer.' });
  }
  return float || problems.length > 0 ? problems : quantizations(tensors);
}

function shapesOf(
  op: Op<'SVDF'>,
  { input, feature, time, bias, state, output }: ReturnType<typeof operands>,
) {
  const problem = (message: string): OpProblem[] => [{ code: 'op-shape', message, hint: exportAgain }];
  const { rank } = op.attributes;
  const [batch, inputs] = input.shape;
  const [filters, features] = feature.shape;
  if (
    input.shape.length !== 2 ||
    feature.shape.length !== 2 ||
    features !== inputs ||
    time.shape.length !== 2
  ) {
    return problem(`cannot weigh [${input.shape}] by features [${feature.shape}] and times [${time.shape}]`);
  }
  if (!(Number.isInteger(rank) && rank > 0 && filters! % rank === 0)) {
    return problem(`cannot split ${filters} filters by the rank ${rank}`);
  }
  const [units, memory] = [filters! / rank, time.shape[1]!];
  const problems = shapeProblems([batch!, units], output);
  const expect = (what: string, tensor: Tensor | undefined, shape: readonly number[]) => {
    if (tensor && tensor.shape.join() !== shape.join()) {
      problems.push(...problem(`has ${what} of [${tensor.shape}], not [${shape}]`));
    }
  };
  expect('time weights', time, [filters!, memory]);
  expect('a bias', bias, [units]);
  expect('state', state, [batch!, filters! * memory]);
  if (memory === 0) problems.push(...problem('remembers nothing: its time weights are empty'));
  return problems;
}

function quantizations(tensors: ReturnType<typeof operands>): OpProblem[] {
  const { input, feature, time, bias, state, output } = tensors;
  const problems = [
    ...quantizationProblems('input', input),
    ...quantizationProblems('feature weights', feature),
    ...quantizationProblems('time weights', time),
    ...quantizationProblems('state', state),
    ...quantizationProblems('output', output),
  ];
  if (problems.length > 0) return problems;
  // The kernel reads neither.
  problems.push(...zeroPointProblems('feature weights', feature), ...zeroPointProblems('time weights', time));
  const real = multipliersOf(tensors);
  for (const value of [real.feature, real.time]) {
    problems.push(...multiplierProblems(value, quantizeMultiplier(value).shift));
  }
  const product = f(scaleOf(state) * scaleOf(time));
  if (bias && !(Math.abs(scaleOf(bias) - product) < 1e-5)) {
    const message = `has a bias scaled by ${scaleOf(bias)}, not by state scale × time scale = ${product}`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return problems;
}

type IntegerState = Int8Array | Int16Array;

function integerStep(
  p: SvdfIntegerParameters,
  [input, feature, time, state, output]: readonly [
    Int8Array,
    Int8Array,
    IntegerState,
    IntegerState,
    Int8Array,
  ],
  bias: Int32Array | undefined,
): Step {
  const { batch, inputs, units, rank, memory, inputOffset, stateZeroPoint } = p;
  const { min, max } = typeRange(p.stateDtype);
  const filters = units * rank;
  return () => {
    for (let b = 0; b < batch; b++) {
      for (let unit = 0; unit < units; unit++) {
        let sum = bias ? bias[unit]! : 0;
        for (let filter = unit * rank; filter < (unit + 1) * rank; filter++) {
          let dot = 0;
          for (let i = 0; i < inputs; i++) {
            dot = (dot + (input[b * inputs + i]! + inputOffset) * feature[filter * inputs + i]!) | 0;
          }
          const newest = multiplyByQuantizedMultiplier(dot, p.feature.multiplier, p.feature.shift);
          const row = (b * filters + filter) * memory;
          state.copyWithin(row, row + 1, row + memory);
          // The zero point comes after the clamp: what leaves the type wraps.
          state[row + memory - 1] = clamp(newest, min, max) + stateZeroPoint;
          for (let j = 0; j < memory; j++) {
            sum = (sum + (state[row + j]! - stateZeroPoint) * time[filter * memory + j]!) | 0;
          }
        }
        const value = multiplyByQuantizedMultiplier(sum, p.time.multiplier, p.time.shift);
        output[b * units + unit] = clamp((value + p.outputOffset) | 0, -128, 127);
      }
    }
  };
}

function float32Step(
  { batch, inputs, units, rank, memory, activation }: SvdfFloat32Parameters,
  [input, feature, time, state, output]: readonly Float32Array[] & { length: 5 },
  bias: Float32Array | undefined,
): Step {
  const filters = units * rank;
  return () => {
    for (let b = 0; b < batch; b++) {
      for (let unit = 0; unit < units; unit++) {
        let sum = bias ? bias[unit]! : 0;
        for (let filter = unit * rank; filter < (unit + 1) * rank; filter++) {
          let dot = 0;
          for (let i = 0; i < inputs; i++) {
            dot = f(dot + f(feature![filter * inputs + i]! * input![b * inputs + i]!));
          }
          const row = (b * filters + filter) * memory;
          state!.copyWithin(row, row + 1, row + memory);
          state![row + memory - 1] = dot;
          let remembered = 0;
          for (let j = 0; j < memory; j++) {
            remembered = f(remembered + f(time![filter * memory + j]! * state![row + j]!));
          }
          sum = f(sum + remembered);
        }
        output![b * units + unit] = activation ? activated(sum, activation) : sum;
      }
    }
  };
}

/** activation_utils.h: max(min, min(x, max)) as C++ orders it, so NaN and −0 become the lower bound. */
function activated(x: number, { min, max }: Range): number {
  const below = max < x ? max : x;
  return min < below ? below : min;
}

export const svdf: OpDefinition<'SVDF'> = {
  type: 'SVDF',
  supports,
  check,
  infer(op, graph) {
    const { input, feature } = operands(op, graph);
    return [[input.shape[0]!, feature.shape[0]! / op.attributes.rank]];
  },
  macs(op, graph) {
    const { input, feature, time } = operands(op, graph);
    return (input.shape[0] ?? 1) * (elementCount(feature.shape) + elementCount(time.shape));
  },
  simulate(op, graph, memory) {
    const parameters = svdfParameters(op, graph);
    const at = (i: number) => memory[op.inputs[i]!]!;
    const tensors = [at(0), at(1), at(2), at(4), memory[op.outputs[0]!]!];
    const bias = optionalInput(graph, op, 3) ? at(3) : undefined;
    return parameters.dtype === 'int8'
      ? integerStep(parameters, tensors as never, bias as Int32Array | undefined)
      : float32Step(parameters, tensors as never, bias as Float32Array | undefined);
  },
};
