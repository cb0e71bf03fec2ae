/** Tensors where the WebAssembly backend keeps them, for kernels of one's own: nothing is copied in or out. */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';

/** What the backend's own kernels are written with. */
interface Backend {
  makeOutput(shape: readonly number[], dtype: 'float32'): T.TensorInfo;
  typedArrayFromHeap(tensor: T.TensorInfo): Float32Array;
}

/**
 * A new tensor of zeros, filled by `write`.
 * @param write gets the values of the new tensor and of `sources`; it must make no tensors, which may move the memory
 */
export function written<Rank extends T.Rank>(
  tf: Tf,
  shape: T.ShapeMap[Rank],
  sources: readonly T.TensorInfo[],
  write: (values: Float32Array, ...sources: Float32Array[]) => void,
): T.Tensor<Rank> {
  const backend = tf.backend() as unknown as Backend;
  const output = backend.makeOutput(shape, 'float32');
  const values = backend.typedArrayFromHeap(output).fill(0);
  write(values, ...sources.map((tensor) => backend.typedArrayFromHeap(tensor)));
  return tf.engine().makeTensorFromTensorInfo(output) as T.Tensor<Rank>;
}
