/** Quantized constants as the real values that they stand for. */
import { elementCount } from './access.js';
import type { Tensor, TensorData } from './graph.js';

/**
 * scale · (q − zero point) of each value, in double; the values themselves without quantization.
 * @param data of the tensor, where that is not its constant
 */
export function realNumbers({ shape, quantization, ...tensor }: Tensor, data = tensor.data!): Float64Array {
  const integers = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  if (!quantization) return integers;
  const { scale, zeroPoint, axis } = quantization;
  const inner = scale.length > 1 ? elementCount(shape.slice(axis + 1)) : 1;
  return integers.map((q, i) => {
    const c = Math.floor(i / inner) % scale.length;
    return (q - zeroPoint[c]!) * scale[c]!;
  });
}

export function realValues(tensor: Tensor, data?: TensorData): Float32Array {
  return Float32Array.from(realNumbers(tensor, data));
}
