/**
 * CONCATENATION of any number of tensors along an axis. Values are copied as they stand, so that quantized inputs share
 * the output's parameters. TFLM: kernels/concatenation.cc, reference/concatenation.h.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Shape, Tensor } from '../graph/graph.js';
import { dtypeProblems, exportAgain, operandProblems, quantizeAgain, shapeProblems } from './checks.js';
import { type Memory, type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

export interface ConcatenationAttributes {
  /** Negative ones count from the last axis. */
  readonly axis: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    CONCATENATION: ConcatenationAttributes;
  }
}

export interface ConcatenationParameters {
  readonly dtype: DType;
  /** How often the inputs take turns: the product of the dimensions before the axis. */
  readonly rows: number;
  /** Elements that each input gives to a row of the output, in order. */
  readonly parts: readonly number[];
}

const supports = sameDType('int8', 'int16', 'int32', 'int64', 'float32', 'bool');

/** From 0; undefined when the shape has no such axis. */
export function concatenationAxis(op: Op<'CONCATENATION'>, graph: Graph): number | undefined {
  const rank = inputTensor(graph, op).shape.length;
  const { axis } = op.attributes;
  return Number.isInteger(axis) && axis >= -rank && axis < rank ? (axis + rank) % rank : undefined;
}

function inputsOf(op: Op<'CONCATENATION'>, graph: Graph): Tensor[] {
  return op.inputs.map((_, i) => inputTensor(graph, op, i));
}

/** Call only on an op whose `check` found nothing. */
export function concatenationParameters(op: Op<'CONCATENATION'>, graph: Graph): ConcatenationParameters {
  const axis = concatenationAxis(op, graph)!;
  const { shape, dtype } = outputTensor(graph, op);
  return {
    dtype,
    rows: elementCount(shape.slice(0, axis)),
    parts: inputsOf(op, graph).map((input) => elementCount(input.shape.slice(axis))),
  };
}

function infer(op: Op<'CONCATENATION'>, graph: Graph): Shape {
  const axis = concatenationAxis(op, graph)!;
  const inputs = inputsOf(op, graph);
  return inputs[0]!.shape.map((d, i) => (i === axis ? inputs.reduce((n, t) => n + t.shape[i]!, 0) : d));
}

function check(op: Op<'CONCATENATION'>, graph: Graph): OpProblem[] {
  const count = Math.max(op.inputs.length, 1);
  const missing = operandProblems(op, graph, { min: count, max: count });
  if (missing.length > 0) return missing;
  const [inputs, output] = [inputsOf(op, graph), outputTensor(graph, op)];
  const problems = dtypeProblems(supports, inputs, output);
  if (problems.length === 0) problems.push(...sharedParameters(inputs, output));
  const axis = concatenationAxis(op, graph);
  const { shape } = inputs[0]!;
  const fits = (t: Tensor) =>
    t.shape.length === shape.length && t.shape.every((d, i) => i === axis || d === shape[i]);
  if (axis === undefined) {
    const message = `has no axis ${op.attributes.axis} in the shape [${shape}]`;
    problems.push({ code: 'op-range', message, hint: exportAgain });
  } else if (!inputs.every(fits)) {
    const shapes = inputs.map((t) => `[${t.shape}]`).join(', ');
    const message = `cannot put ${shapes} side by side along axis ${axis}`;
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  } else problems.push(...shapeProblems(infer(op, graph), output));
  return problems;
}

/** Integers are not scaled: of int8 TFLM compares the parameters, of int16 it takes the zero point to be 0. */
function sharedParameters(inputs: readonly Tensor[], output: Tensor): OpProblem[] {
  if (output.dtype !== 'int8' && output.dtype !== 'int16') return [];
  const parametersOf = ({ quantization: q }: Tensor) =>
    `${q?.scale.join() ?? ''} ${q?.zeroPoint.join() ?? ''}`;
  const problems = inputs.flatMap((input, i): OpProblem[] => {
    if (parametersOf(input) === parametersOf(output)) return [];
    const message = `its input ${i} "${input.name}" has another scale or zero point than its output`;
    return [{ code: 'quantization', message, hint: quantizeAgain }];
  });
  const zeroPoint = output.quantization?.zeroPoint[0] ?? 0;
  if (output.dtype === 'int16' && zeroPoint !== 0) {
    const message = `its int16 output "${output.name}" has zero point ${zeroPoint}, not 0`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return problems;
}

export const concatenation: OpDefinition<'CONCATENATION'> = {
  type: 'CONCATENATION',
  supports,
  check,
  infer: (op, graph) => [infer(op, graph)],
  macs: () => 0,
  simulate: (op, graph, memory) => concatenationStep(concatenationParameters(op, graph), op as Op, memory),
};

/** All inputs of the op, row by row. */
export function concatenationStep({ rows, parts }: ConcatenationParameters, op: Op, memory: Memory): Step {
  const output = memory[op.outputs[0]!] as Int8Array;
  const inputs = op.inputs.map((t) => memory[t] as Int8Array);
  const pieces = inputs.map((input, i) =>
    Array.from({ length: rows }, (_, row) => input.subarray(row * parts[i]!, (row + 1) * parts[i]!)),
  );
  return () => {
    for (let row = 0, at = 0; row < rows; row++) {
      for (const piece of pieces) {
        output.set(piece[row]!, at);
        at += piece[row]!.length;
      }
    }
  };
}
