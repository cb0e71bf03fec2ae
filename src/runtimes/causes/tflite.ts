/** Where TensorFlow Lite's own kernels and TFLM's give different results for another reason than rounding. */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../../graph/access.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import { tfLiteRound } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { Memory } from '../../ops/op.js';
import { definitionOf } from '../../ops/registry.js';
import { summationParameters, summationStep } from '../../ops/summation.js';

const f = Math.fround;

/** SUM of int8 in TFLite until 2023: float32, rounded once, and no clamp (reference/reduce.h, QuantizedMeanOrSum). */
export function wrappedSum(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  const output = outputTensor(graph, op);
  if (op.type !== 'SUM' || output.dtype !== 'int8') return undefined;
  const input = inputTensor(graph, op);
  const parameters = summationParameters(op as Op<'SUM'>, graph);
  // Requantized by 2^30 · 2^(1 − 31) = 1: the plain sums.
  const plain = {
    multiplier: 2 ** 30,
    shift: 1,
    sumOffset: 0,
    outputZeroPoint: 0,
    range: typeRange('int32'),
  };
  const sums = new Int32Array(memory[op.outputs[0]!]!.length);
  summationStep({ ...parameters, quantized: plain }, memory[op.inputs[0]!] as Int8Array, sums)();
  const terms = parameters.reduced.reduce((n, { count }) => n * count, 1);
  const scale = f(scaleOf(input) / scaleOf(output));
  const bias = f(f(-zeroPointOf(input) * scale) * terms);
  return Int8Array.from(sums, (sum) => tfLiteRound(f(f(f(sum) * scale) + bias)) + zeroPointOf(output));
}

/** SPACE_TO_BATCH_ND, whose padding TFLM leaves at 0 whatever the zero point. */
export function paddedWithZeroPoint(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if (op.type !== 'SPACE_TO_BATCH_ND' || outputTensor(graph, op).dtype !== 'int8') return undefined;
  const zero = zeroPointOf(inputTensor(graph, op));
  const values = [...memory];
  const [input, output] = [op.inputs[0]!, op.outputs[0]!];
  values[input] = Int16Array.from(memory[input] as Int8Array, (q) => q - zero);
  const moved = new Int16Array(memory[output]!.length);
  values[output] = moved;
  definitionOf(op).simulate(op, graph, values)();
  return Int8Array.from(moved, (q) => q + zero);
}
