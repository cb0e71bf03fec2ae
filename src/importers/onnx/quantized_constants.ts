/** Constants of integer operators: biases on the scale of the sums, and operands. */
import { perChannel, perTensor } from '../../graph/build.js';
import type { Quantization, Tensor } from '../../graph/graph.js';
import { realNumbers } from '../../graph/real_values.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { ActivationType } from '../../ops/quantization_rules.js';
import type { Form } from './quantized_groups.js';

/** Scales of input × weights, as the operator computes them, within float32's precision. */
const precision = 1e-6;
/** Sums of products need as much again; 64-bit arithmetic is defined below 2^46. */
const largest = { int32: 2 ** 31 - 1, int64: 2 ** 46 - 1 } as const;

/**
 * The bias on the scale of the layer's sums: as it is where it is on it already, else rounded to it, which is far finer than
 * any output. Undefined for one that does not fit.
 *
 * @param bias one value a channel: int32 of some scale, or float32
 */
export function integerBias(
  bias: Tensor,
  input: Quantization,
  weights: Quantization,
  activations: ActivationType,
): Tensor | undefined {
  const scale = weights.scale.map((s) => s * input.scale[0]!);
  const dtype = activations === 'int16' ? 'int64' : 'int32';
  const { quantization: given } = bias;
  const onScale =
    given &&
    given.scale.length === scale.length &&
    given.zeroPoint.every((z) => z === 0) &&
    given.scale.every((s, c) => Math.abs(s - scale[c]!) <= precision * scale[c]!);
  const values = onScale
    ? Float64Array.from(bias.data as Int32Array, Number)
    : realNumbers(bias).map((b, c) => tfLiteRound(b / scale[scale.length > 1 ? c : 0]!));
  if (!values.every((v) => Math.abs(v) <= largest[dtype])) return undefined;
  const data = dtype === 'int32' ? Int32Array.from(values) : BigInt64Array.from(Array.from(values, BigInt));
  const quantization = onScale ? given : perChannel(scale, 0);
  return { name: bias.name, shape: [values.length], dtype, quantization, data };
}

/**
 * A real constant as an operand of integers. With parameters of its own where all its values are one, which then is exact; with
 * those given rounded to them, where values beyond their range become its ends. Undefined for other constants.
 */
export function integerOperand(tensor: Tensor, dtype: ActivationType, form?: Form): Tensor | undefined {
  const { name, shape, data } = tensor;
  if (!(data instanceof Float32Array) || data.length === 0) return undefined;
  const { min, max } = typeRange(dtype);
  const quantization = form?.quantization ?? ownParameters(data, max);
  if (!quantization) return undefined;
  const [scale, zeroPoint] = [quantization.scale[0]!, quantization.zeroPoint[0]!];
  const integers = dtype === 'int8' ? new Int8Array(data.length) : new Int16Array(data.length);
  data.forEach((x, i) => {
    integers[i] = clamp(tfLiteRound(Math.fround(x / scale)) + zeroPoint, min, max);
  });
  return { name, shape, dtype, quantization, data: integers };
}

function ownParameters(data: Float32Array, top: number): Quantization | undefined {
  const value = data[0]!;
  if (!Number.isFinite(value) || !data.every((v) => v === value)) return undefined;
  return perTensor(value === 0 ? 1 / top : Math.abs(value) / top, 0);
}
