/**
 * UNIDIRECTIONAL_SEQUENCE_LSTM without peephole, projection and layer normalization, as TFLM has it. Hidden and cell state
 * carry over from inference to inference, unless the op restarts: then it begins each as TFLM does behind a reset. In integers gates are int16: Q3.12 before, Q0.15 after their function, the
 * two products of a gate rounded apart and added with saturation. TFLM: kernels/lstm_eval.h, lstm_eval_common.cc.
 */
import { inputTensor, optionalInput, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { DType, Graph, Op, Tensor } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { checkedLog2 } from '../numerics/checked_log2.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import type { SigmoidScaling } from '../numerics/sigmoid_int16.js';
import {
  exportAgain,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  stateProblems,
  zeroPointProblems,
} from './checks.js';
import { lstmFloat32Step, lstmIntegerStep } from './lstm_step.js';
import type { DTypeCombination, OpDefinition, OpProblem } from './op.js';

export interface LstmAttributes {
  /** Of the cell gate: TANH. */
  readonly activation: FusedActivation;
  /** Bound of the cell state in real values; 0: none. */
  readonly cellClip: number;
  /** The input is [time][batch][input], else [batch][time][input]. */
  readonly timeMajor: boolean;
  /** Every inference begins from the initial state, as layers of other frameworks do that are not told to be stateful. */
  readonly restarts?: true;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    UNIDIRECTIONAL_SEQUENCE_LSTM: LstmAttributes;
  }
}

type Lstm = Op<'UNIDIRECTIONAL_SEQUENCE_LSTM'>;

/** The gates, in the order in which their operands stand. */
export const lstmGates = ['input', 'forget', 'cell', 'output'] as const;

/** Positions of the operands; those of a gate by its place in `lstmGates`. */
export const lstmOperands = {
  input: 0,
  weights: (gate: number) => 1 + gate,
  recurrent: (gate: number) => 5 + gate,
  bias: (gate: number) => 12 + gate,
  hidden: 18,
  cell: 19,
} as const;

export interface LstmShape {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly units: number;
  /** From one batch to the next, and from one step to the next, in rows of input or output. */
  readonly batchStride: number;
  readonly stepStride: number;
  /** The bytes that fill both states before the first step, where the op restarts. */
  readonly restart?: { readonly hidden: number; readonly cell: number };
}

export interface LstmIntegerParameters extends LstmShape {
  readonly dtype: 'int8' | 'int16';
  readonly inputOffset: number;
  readonly hiddenOffset: number;
  /** Sums of products to Q3.12, by gate. */
  readonly gates: readonly { readonly input: QuantizedMultiplier; readonly recurrent: QuantizedMultiplier }[];
  /** Forget gate · cell, input gate · cell gate, and tanh(cell) · output gate, to the cell's and the hidden scale. */
  readonly forgetMul: QuantizedMultiplier;
  readonly inputMul: QuantizedMultiplier;
  readonly outputMul: QuantizedMultiplier;
  /** The cell state to what tanh's table takes. */
  readonly tanh: SigmoidScaling;
  /** Bound of the quantized cell state; 0: none. */
  readonly clip: number;
}

export interface LstmFloat32Parameters extends LstmShape {
  readonly dtype: 'float32';
  readonly clip: number;
}

export type LstmParameters = LstmIntegerParameters | LstmFloat32Parameters;

const supports: readonly DTypeCombination[] = [
  { input: 'int8', weights: 'int8', output: 'int8' },
  { input: 'int16', weights: 'int8', output: 'int16' },
  { input: 'float32', weights: 'float32', output: 'float32' },
];

const biasDType: Partial<Record<DType, DType>> = { int8: 'int32', int16: 'int64', float32: 'float32' };
const gateIndices = [0, 1, 2, 3] as const;
/** Scales of what enters and leaves the gates' functions. */
const nonlinearInput = 2 ** -12;
const nonlinearOutput = 2 ** -15;

function shapeOf(op: Lstm, graph: Graph): LstmShape {
  const [first, second, inputs] = inputTensor(graph, op).shape as readonly [number, number, number];
  const [batch, steps] = op.attributes.timeMajor ? [second, first] : [first, second];
  const [batchStride, stepStride] = op.attributes.timeMajor ? [1, batch] : [steps, 1];
  const units = inputTensor(graph, op, lstmOperands.hidden).shape.at(-1)!;
  const fill = (i: number) => fillOf(inputTensor(graph, op, i))!;
  const restart = op.attributes.restarts && {
    hidden: fill(lstmOperands.hidden),
    cell: fill(lstmOperands.cell),
  };
  return { batch, steps, inputs, units, batchStride, stepStride, ...(restart && { restart }) };
}

/** The byte that all of a state's initial bytes are; undefined where there is no such. */
function fillOf({ initial }: Tensor): number | undefined {
  const bytes = initial && new Uint8Array(initial.buffer, initial.byteOffset, initial.byteLength);
  return bytes?.every((byte) => byte === bytes[0]) ? bytes[0] : undefined;
}

/** The product of the scales in float32, the quotient in double (kernel_util.cc). */
function gateScale(source: Tensor, weights: Tensor): number {
  return Math.fround(scaleOf(source) * scaleOf(weights)) / nonlinearInput;
}

function tanhScaling(exponent: number): SigmoidScaling {
  const left = exponent + 12;
  return left < 0 ? { multiplier: 3, shift: -left } : { multiplier: 3 << left, shift: 0 };
}

/** Call only on an op whose `check` found nothing. */
export function lstmParameters(op: Lstm, graph: Graph): LstmParameters {
  const at = (i: number) => inputTensor(graph, op, i);
  const [input, hidden, cell] = [at(0), at(lstmOperands.hidden), at(lstmOperands.cell)];
  const clip = Math.fround(op.attributes.cellClip);
  const shape = shapeOf(op, graph);
  if (input.dtype === 'float32') return { dtype: 'float32', ...shape, clip };
  return {
    dtype: input.dtype as 'int8' | 'int16',
    ...shape,
    inputOffset: -zeroPointOf(input),
    hiddenOffset: -zeroPointOf(hidden),
    gates: gateIndices.map((gate) => ({
      input: quantizeMultiplier(gateScale(input, at(lstmOperands.weights(gate)))),
      recurrent: quantizeMultiplier(gateScale(hidden, at(lstmOperands.recurrent(gate)))),
    })),
    forgetMul: quantizeMultiplier((nonlinearOutput * scaleOf(cell)) / scaleOf(cell)),
    inputMul: quantizeMultiplier(nonlinearOutput ** 2 / scaleOf(cell)),
    outputMul: quantizeMultiplier(nonlinearOutput ** 2 / scaleOf(hidden)),
    tanh: tanhScaling(checkedLog2(scaleOf(cell))!),
    clip: clip > 0 ? Math.trunc(clamp(clip / scaleOf(cell), -32768, 32767)) : 0,
  };
}

/** What TFLM's variant of the operator does not have, and what it has to have. */
function operandsOf(op: Lstm, graph: Graph): OpProblem[] {
  const problems = operandProblems(op, graph, { min: 1, max: 24 });
  const lacks = (what: string) =>
    problems.push({
      code: 'op-inputs',
      message: `lacks its ${what}`,
      hint: 'Coupled gates are not supported.',
    });
  for (const gate of gateIndices) {
    for (const [what, i] of [
      ['weights', lstmOperands.weights(gate)],
      ['recurrent weights', lstmOperands.recurrent(gate)],
      ['bias', lstmOperands.bias(gate)],
    ] as const) {
      if (!optionalInput(graph, op, i)) lacks(`${lstmGates[gate]} gate's ${what}`);
    }
  }
  if (!optionalInput(graph, op, lstmOperands.hidden)) lacks('hidden state');
  if (!optionalInput(graph, op, lstmOperands.cell)) lacks('cell state');
  for (const [what, from, to] of [
    ['peephole weights', 9, 11],
    ['a projection', 16, 17],
    ['layer normalization', 20, 23],
  ] as const) {
    if (op.inputs.slice(from, to + 1).every((t) => t < 0)) continue;
    const message = `has ${what}, which is not supported`;
    problems.push({ code: 'op-attribute', message, hint: 'Train the model with a plain LSTM layer.' });
  }
  return problems;
}

function dtypesOf(op: Lstm, graph: Graph): OpProblem[] {
  const at = (i: number) => inputTensor(graph, op, i);
  const { dtype } = at(0);
  const row = supports.find((s) => s.input === dtype);
  if (!row || outputTensor(graph, op).dtype !== row.output) {
    const message = `cannot compute ${outputTensor(graph, op).dtype} from ${dtype}`;
    return [{ code: 'op-dtypes', message, hint: quantizeAgain }];
  }
  const problems: OpProblem[] = [];
  const expect = (what: string, tensor: Tensor, expected: DType) => {
    if (tensor.dtype === expected) return;
    const message = `has ${what} "${tensor.name}" of ${tensor.dtype}, not ${expected}`;
    problems.push({ code: 'op-dtypes', message, hint: quantizeAgain });
  };
  for (const gate of gateIndices) {
    expect('weights', at(lstmOperands.weights(gate)), row.weights!);
    expect('recurrent weights', at(lstmOperands.recurrent(gate)), row.weights!);
    expect('a bias', at(lstmOperands.bias(gate)), biasDType[dtype]!);
  }
  expect('hidden state', at(lstmOperands.hidden), dtype);
  expect('cell state', at(lstmOperands.cell), dtype === 'float32' ? 'float32' : 'int16');
  return problems;
}

function shapesOf(op: Lstm, graph: Graph): OpProblem[] {
  const at = (i: number) => inputTensor(graph, op, i);
  const problems: OpProblem[] = [];
  const problem = (message: string) => problems.push({ code: 'op-shape', message, hint: exportAgain });
  const [input, hidden] = [at(0), at(lstmOperands.hidden)];
  if (input.shape.length !== 3 || hidden.shape.length === 0) {
    problem(`takes an input of rank 3 and a hidden state, has [${input.shape}] and [${hidden.shape}]`);
    return problems;
  }
  const { batch, inputs, units } = shapeOf(op, graph);
  const expect = (what: string, tensor: Tensor, shape: readonly number[]) => {
    if (tensor.shape.join() !== shape.join()) problem(`has ${what} of [${tensor.shape}], not [${shape}]`);
  };
  for (const gate of gateIndices) {
    expect('weights', at(lstmOperands.weights(gate)), [units, inputs]);
    expect('recurrent weights', at(lstmOperands.recurrent(gate)), [units, units]);
    expect('a bias', at(lstmOperands.bias(gate)), [units]);
  }
  for (const state of [hidden, at(lstmOperands.cell)]) {
    if (state.shape.reduce((n, d) => n * d, 1) !== batch * units) {
      problem(`has state "${state.name}" of [${state.shape}], not [${batch}, ${units}]`);
    }
  }
  expect('an output', outputTensor(graph, op), [...input.shape.slice(0, 2), units]);
  return problems;
}

function quantizations(op: Lstm, graph: Graph): OpProblem[] {
  const at = (i: number) => inputTensor(graph, op, i);
  const [input, hidden, cell] = [at(0), at(lstmOperands.hidden), at(lstmOperands.cell)];
  const weights = gateIndices.flatMap((g) => [at(lstmOperands.weights(g)), at(lstmOperands.recurrent(g))]);
  const problems = [
    ...quantizationProblems('input', input),
    ...quantizationProblems('hidden state', hidden),
    ...quantizationProblems('cell state', cell),
    ...weights.flatMap((tensor) => quantizationProblems('weights', tensor)),
  ];
  if (problems.length > 0) return problems;
  const problem = (message: string) => problems.push({ code: 'quantization', message, hint: quantizeAgain });
  problems.push(...weights.flatMap((tensor) => zeroPointProblems('weights', tensor)));
  problems.push(...zeroPointProblems('cell state', cell));
  if (input.dtype === 'int16') {
    problems.push(...zeroPointProblems('input', input), ...zeroPointProblems('hidden state', hidden));
  }
  const exponent = checkedLog2(scaleOf(cell));
  if (exponent === undefined || exponent < -30 || exponent > 2) {
    problem(`has the cell scale ${scaleOf(cell)}, not a power of two from 2^-30 to 4`);
  }
  // Beyond 2^7 the multiplication of 64-bit sums is not defined.
  const most = input.dtype === 'int16' ? 7 : 30;
  for (const gate of gateIndices) {
    for (const real of [
      gateScale(input, at(lstmOperands.weights(gate))),
      gateScale(hidden, at(lstmOperands.recurrent(gate))),
    ]) {
      if (quantizeMultiplier(real).shift > most) problem(`scales its ${lstmGates[gate]} gate by ${real}`);
    }
    const { data } = at(lstmOperands.bias(gate));
    if (data instanceof BigInt64Array && data.some((b) => b >= 1n << 46n || b <= -(1n << 46n))) {
      problem(`has a bias of the ${lstmGates[gate]} gate beyond 2^46`);
    }
  }
  for (const real of [nonlinearOutput ** 2 / scaleOf(cell), nonlinearOutput ** 2 / scaleOf(hidden)]) {
    problems.push(...multiplierProblems(real, quantizeMultiplier(real).shift));
  }
  return problems;
}

function check(op: Lstm, graph: Graph): OpProblem[] {
  const missing = operandsOf(op, graph);
  const { activation, cellClip } = op.attributes;
  if (activation !== 'TANH') {
    const message = `has the activation ${activation}; the cell gate's is TANH`;
    missing.push({ code: 'op-attribute', message, hint: 'Train the model with tanh in its LSTM layers.' });
  }
  if (!(cellClip >= 0 && Number.isFinite(cellClip))) {
    missing.push({ code: 'op-attribute', message: `clips its cell state at ${cellClip}`, hint: exportAgain });
  }
  if (missing.some((p) => p.code !== 'op-attribute')) return missing;
  const problems = [...missing, ...shapesOf(op, graph), ...dtypesOf(op, graph)];
  problems.push(
    ...stateProblems('hidden state', inputTensor(graph, op, lstmOperands.hidden)),
    ...stateProblems('cell state', inputTensor(graph, op, lstmOperands.cell)),
  );
  for (const i of op.attributes.restarts ? [lstmOperands.hidden, lstmOperands.cell] : []) {
    const { name, initial } = inputTensor(graph, op, i);
    if (!initial || fillOf(inputTensor(graph, op, i)) !== undefined) continue;
    const message = `restarts from the state "${name}", whose bytes differ`;
    problems.push({ code: 'op-attribute', message, hint: 'Let the layer start from zeros.' });
  }
  if (problems.length > 0 || inputTensor(graph, op).dtype === 'float32') return problems;
  return quantizations(op, graph);
}

export const unidirectionalSequenceLstm: OpDefinition<'UNIDIRECTIONAL_SEQUENCE_LSTM'> = {
  type: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  supports,
  check,
  infer(op, graph) {
    const units = inputTensor(graph, op, lstmOperands.hidden).shape.at(-1)!;
    return [[...inputTensor(graph, op).shape.slice(0, 2), units]];
  },
  macs(op, graph) {
    const { batch, steps, inputs, units } = shapeOf(op, graph);
    return batch * steps * units * 4 * (inputs + units);
  },
  simulate(op, graph, memory) {
    const parameters = lstmParameters(op, graph);
    const at = (i: number) => memory[op.inputs[i]!]!;
    const tensors = {
      input: at(0),
      output: memory[op.outputs[0]!]!,
      hidden: at(lstmOperands.hidden),
      cell: at(lstmOperands.cell),
      gates: gateIndices.map((gate) => ({
        weights: at(lstmOperands.weights(gate)),
        recurrent: at(lstmOperands.recurrent(gate)),
        bias: at(lstmOperands.bias(gate)),
      })),
    };
    return parameters.dtype === 'float32'
      ? lstmFloat32Step(parameters, tensors as never)
      : lstmIntegerStep(parameters, tensors);
  },
};
