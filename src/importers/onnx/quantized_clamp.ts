/** Operators that clamp a value to constant limits, which quantized values often are within already. */
import type { AnyOp, Tensor } from '../../graph/graph.js';
import { tfLiteRound } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import type { Form } from './quantized_groups.js';

interface Limits {
  readonly min: number;
  readonly max: number;
}

const fixed: Partial<Record<AnyOp['type'], Limits>> = {
  RELU: { min: 0, max: Infinity },
  RELU6: { min: 0, max: 6 },
  RELU_0_TO_1: { min: 0, max: 1 },
  RELU_N1_TO_1: { min: -1, max: 1 },
};

/** Undefined for an op that is no clamp. */
export function clampOf(op: AnyOp, tensors: readonly Tensor[]): Limits | undefined {
  if (op.type !== 'MAXIMUM' && op.type !== 'MINIMUM') return fixed[op.type];
  const constants = op.inputs.flatMap((t) => {
    const { data } = tensors[t]!;
    return data instanceof Float32Array && data.length === 1 ? [data[0]!] : [];
  });
  if (constants.length !== 1) return undefined;
  return op.type === 'MAXIMUM'
    ? { min: constants[0]!, max: Infinity }
    : { min: -Infinity, max: constants[0]! };
}

/** Whether all values of that form lie within the limits, rounded to it. */
export function clampsNothing(op: AnyOp, tensors: readonly Tensor[], { dtype, quantization }: Form): boolean {
  const limits = clampOf(op, tensors);
  if (!limits) return false;
  const [scale, zeroPoint] = [quantization.scale[0]!, quantization.zeroPoint[0]!];
  const { min, max } = typeRange(dtype);
  const rounded = (limit: number) => zeroPoint + tfLiteRound(Math.fround(limit / scale));
  return rounded(limits.min) <= min && rounded(limits.max) >= max;
}
