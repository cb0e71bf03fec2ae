/** The result of an integer operator as a real number in steps of its output, before anything rounds it. */
import { isState, outputTensor, zeroPointOf } from '../../graph/access.js';
import type { Graph, Op, Tensor, TensorData } from '../../graph/graph.js';
import { realValues } from '../../graph/real_values.js';
import { clamp } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { Memory } from '../../ops/op.js';
import { definitionOf } from '../../ops/registry.js';
import { accumulatorsOf } from './accumulators.js';

export interface ExactResult {
  /** Of each output value: real value / scale + zero point, clamped as the op clamps it. */
  readonly values: Float64Array;
  /** How far these are from exact at most, in steps. */
  readonly uncertainty: number;
}

/** Real values of tensors that only one side has: what the integers in memory were rounded from. */
export type Unrounded = ReadonlyMap<number, Float32Array>;

/**
 * Undefined for float32, and for operators that have no float32 counterpart or several outputs.
 *
 * @param unrounded of the op's inputs, where the other side does not round them
 */
export function exactResult(
  op: Op,
  graph: Graph,
  memory: Memory,
  unrounded: Unrounded,
): ExactResult | undefined {
  if (op.outputs.length !== 1 || !outputTensor(graph, op).quantization) return undefined;
  const exact = op.inputs.some((t) => unrounded.has(t)) ? undefined : fromAccumulators(op, graph, memory);
  return exact ?? fromFloat32(op, graph, memory, unrounded);
}

function fromAccumulators(op: Op, graph: Graph, memory: Memory): ExactResult | undefined {
  const layer = accumulatorsOf(op, graph, memory);
  if (!layer) return undefined;
  const { sums, channels, inputScale, weightScales, outputScale, outputZeroPoint: zero, range } = layer;
  const scales = Array.from(weightScales, (weightScale) => (inputScale * weightScale) / outputScale);
  const values = Float64Array.from(sums, (sum, i) =>
    clamp(sum * scales[scales.length > 1 ? i % channels : 0]! + zero, range.min, range.max),
  );
  // Doubles are exact to a millionth; the scales of the other runtime are float32.
  return { values, uncertainty: 2 ** -12 };
}

/** The op in float32 over the real values of its inputs. */
function fromFloat32(op: Op, graph: Graph, memory: Memory, unrounded: Unrounded): ExactResult | undefined {
  const output = outputTensor(graph, op);
  if (output.dtype !== 'int8' && output.dtype !== 'int16') return undefined;
  const named = op.inputs.filter((t) => t >= 0).map((t) => graph.tensors[t]!);
  if (named.some((tensor) => isState(tensor) || tensor.dtype === 'float32')) return undefined;
  if (!named.some((tensor) => tensor.quantization)) return undefined;
  const used = new Set([...op.inputs, ...op.outputs]);
  const tensors = graph.tensors.map((tensor, t) => (used.has(t) ? realTensor(tensor) : tensor));
  const real = { ...graph, tensors };
  const values = [...memory];
  for (const t of used) {
    if (t >= 0 && tensors[t]!.dtype === 'float32' && graph.tensors[t]!.dtype !== 'float32') {
      values[t] = tensors[t]!.data ?? unrounded.get(t) ?? realValues(graph.tensors[t]!, memory[t]!);
    }
  }
  if (op.type === 'QUANTIZE') values[op.outputs[0]!] = values[op.inputs[0]!]!;
  else if (definitionOf(op).check(op, real).length > 0) return undefined;
  else definitionOf(op).simulate(op, real, values)();
  const { min, max } = typeRange(output.dtype);
  const [scale, zero] = [output.quantization!.scale[0]!, zeroPointOf(output)];
  return {
    values: Float64Array.from(values[op.outputs[0]!] as Float32Array, (x) =>
      clamp(x / scale + zero, min, max),
    ),
    // A few ulps of the range: 2^-12 of int8's steps, 2^-4 of int16's.
    uncertainty: (max - min + 1) * 2 ** -20,
  };
}

function realTensor(tensor: Tensor): Tensor {
  const { quantization, ...rest } = tensor;
  if (!quantization || (tensor.dtype !== 'int8' && tensor.dtype !== 'int16')) return tensor;
  return { ...rest, dtype: 'float32', ...(tensor.data && { data: realValues(tensor) }) };
}

/** Is every value one that rounding the exact result once can give? */
export function isNearest({ values, uncertainty }: ExactResult, theirs: TensorData): boolean {
  return values.every((value, i) => Math.abs(Number(theirs[i]) - value) <= 0.5 + uncertainty);
}
