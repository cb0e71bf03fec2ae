/** Real values to a tensor's own and back, as TFLM's QUANTIZE and DEQUANTIZE compute them. */
import { allocate } from '../graph/access.js';
import type { DType, Tensor, TensorData } from '../graph/graph.js';
import { clamp, tfLiteRound } from '../numerics/rounding.js';
import type { FileValues } from './file_array.js';

const ranges: Partial<Record<DType, readonly [number, number]>> = {
  bool: [0, 1],
  int4: [-8, 7],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Values of a tensor, or the first one that it cannot take. */
export type Conversion = { readonly data: TensorData } | { readonly index: number; readonly reason: string };

export function isQuantized(tensor: Tensor): boolean {
  return tensor.dtype !== 'float32' && (tensor.quantization?.scale.length ?? 0) > 0;
}

/**
 * Real values into the tensor's: quantized ones as round(x / scale) + zero point, half away from zero, the quotient in
 * float32, clamped; integers without quantization as they are.
 */
export function fromReal(values: FileValues, tensor: Tensor): Conversion {
  if (!isQuantized(tensor)) return asTheyAre(values, tensor);
  const scale = tensor.quantization!.scale[0]!;
  const zeroPoint = tensor.quantization!.zeroPoint[0] ?? 0;
  const [min, max] = ranges[tensor.dtype] ?? [-Infinity, Infinity];
  const data = allocate(tensor.dtype, values.length) as Exclude<TensorData, BigInt64Array>;
  for (let i = 0; i < values.length; i++) {
    const x = Number(values[i]);
    if (!Number.isFinite(x)) return { index: i, reason: `is ${x}` };
    data[i] = clamp(tfLiteRound(Math.fround(Math.fround(x) / scale)) + zeroPoint, min, max);
  }
  return { data };
}

/** The tensor's own values, for raw integers and for tensors without quantization. Nothing is rounded or clamped. */
export function asTheyAre(values: FileValues, tensor: Tensor): Conversion {
  const { dtype } = tensor;
  const data = allocate(dtype, values.length);
  const [min, max] = ranges[dtype] ?? [-Infinity, Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (data instanceof BigInt64Array) {
      if (typeof value === 'number' && !Number.isSafeInteger(value)) return notOf(value, i, dtype);
      data[i] = BigInt(value);
      continue;
    }
    const x = dtype === 'float32' ? Math.fround(Number(value)) : Number(value);
    if (!Number.isFinite(x)) return { index: i, reason: `is ${value}` };
    if (dtype !== 'float32' && !(Number.isInteger(x) && x >= min && x <= max)) return notOf(x, i, dtype);
    data[i] = x;
  }
  return { data };
}

function notOf(value: number, index: number, dtype: DType): Conversion {
  return { index, reason: `is ${value}, which is no ${dtype}` };
}

/** A tensor's values as real ones; integers without quantization stay what they are. */
export function toReal(data: TensorData, tensor: Tensor): TensorData {
  if (!isQuantized(tensor)) return data;
  const scale = tensor.quantization!.scale[0]!;
  const zeroPoint = tensor.quantization!.zeroPoint[0] ?? 0;
  return Float32Array.from(data as ArrayLike<number>, (q) => scale * (q - zeroPoint));
}
