/** Raw samples: all tensors of one back to back, little-endian, then those of the next. */
import { allocate, byteSize, elementCount } from '../graph/access.js';
import type { Tensor, TensorData } from '../graph/graph.js';

export function sampleSize(tensors: readonly Tensor[]): number {
  return tensors.reduce((n, tensor) => n + byteSize(tensor), 0);
}

/** By position in `tensors`: the values of all samples. @param bytes a whole number of samples */
export function splitSamples(
  tensors: readonly Tensor[],
  bytes: Uint8Array,
): { readonly count: number; readonly values: TensorData[] } {
  const sampleBytes = sampleSize(tensors);
  const count = bytes.length / sampleBytes;
  let offset = 0;
  const values = tensors.map((tensor) => {
    const size = byteSize(tensor);
    const data = allocate(tensor.dtype, count * elementCount(tensor.shape));
    const view = new Uint8Array(data.buffer);
    for (let i = 0; i < count; i++) {
      const from = i * sampleBytes + offset;
      view.set(bytes.subarray(from, from + size), i * size);
    }
    offset += size;
    return data;
  });
  return { count, values };
}
