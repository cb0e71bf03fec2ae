/** QUANTIZE of float32 as other runtimes do it: halves to even, where TFLM's round away from 0. */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../../graph/access.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import { clamp, roundToEven } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { Memory } from '../../ops/op.js';

const f = Math.fround;

export function quantizedToEven(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  const output = outputTensor(graph, op);
  if (op.type !== 'QUANTIZE' || inputTensor(graph, op).dtype !== 'float32') return undefined;
  const { min, max } = typeRange(output.dtype);
  const [scale, zero] = [scaleOf(output), zeroPointOf(output)];
  const values = memory[op.outputs[0]!]!.slice();
  for (const [i, x] of (memory[op.inputs[0]!] as Float32Array).entries()) {
    values[i] = clamp(roundToEven(f(x / scale)) + zero, min, max);
  }
  return values;
}
