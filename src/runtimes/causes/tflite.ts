/** Where TensorFlow Lite's own kernels and TFLM's give different results for another reason than rounding. */
import { inputTensor, outputTensor, zeroPointOf } from '../../graph/access.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import type { Memory } from '../../ops/op.js';
import { definitionOf } from '../../ops/registry.js';
import { summationParameters, summationStep } from '../../ops/summation.js';

/** SUM of int8, up to release 2.14 without a clamp behind the requantization. */
export function wrappedSum(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if (op.type !== 'SUM' || outputTensor(graph, op).dtype !== 'int8') return undefined;
  const parameters = summationParameters(op as Op<'SUM'>, graph);
  const range = { min: -(2 ** 31), max: 2 ** 31 - 1 };
  const output = new Int8Array(memory[op.outputs[0]!]!.length);
  const quantized = { ...parameters.quantized!, range };
  summationStep({ ...parameters, quantized }, memory[op.inputs[0]!] as Int8Array, output)();
  return output;
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
