/**
 * TensorFlow.js on WebAssembly trains in plain Node, but its backend lacks the kernels of three convolution
 * gradients. They are composed here from kernels that it has; batch-norm, pooling and dense layers need nothing.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

type Shape4 = [number, number, number, number];
type Attributes = {
  filterShape: Shape4;
  inputShape: Shape4;
  strides: [number, number];
  pad: 'same' | 'valid';
};

export async function useWasm(): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')) + sep);
  register('Conv2DBackpropFilter', convFilterGradient);
  register('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient);
  register('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient);
  await tf.setBackend('wasm');
}

function register(
  kernelName: string,
  gradient: (inputs: Record<string, tf.Tensor4D>, a: Attributes) => tf.Tensor4D,
) {
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() =>
        gradient(inputs as unknown as Record<string, tf.Tensor4D>, attrs as unknown as Attributes),
      ) as unknown as tf.TensorInfo,
  });
}

/** Zeros around x so that a stride-1 'valid' convolution of the result is a 'same' one of x. */
function padded(x: tf.Tensor4D, height: number, width: number, a: Attributes): tf.Tensor4D {
  if (a.pad === 'valid') return x;
  const top = (height - 1) >> 1;
  const left = (width - 1) >> 1;
  return tf.pad(x, [
    [0, 0],
    [top, height - 1 - top],
    [left, width - 1 - left],
    [0, 0],
  ]);
}

/** dW = xᵀ ∗ dy, with batch and channels changing places (stride 1). */
function convFilterGradient({ x, dy }: Record<string, tf.Tensor4D>, a: Attributes): tf.Tensor4D {
  const [height, width] = a.filterShape;
  const images = tf.transpose(padded(x!, height, width, a), [3, 1, 2, 0]);
  const filters = tf.transpose(dy!, [1, 2, 0, 3]);
  return tf.transpose(tf.conv2d(images, filters, 1, 'valid'), [1, 2, 0, 3]);
}

/** One filter tap at a time: dW[r, c] = Σ x shifted by (r, c) · dy (stride 1, depth multiplier 1). */
function depthwiseFilterGradient({ x, dy }: Record<string, tf.Tensor4D>, a: Attributes): tf.Tensor4D {
  const [height, width, channels] = a.filterShape;
  const [batch, rows, columns] = dy!.shape;
  const image = padded(x!, height, width, a);
  const taps: tf.Tensor[] = [];
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const shifted = tf.slice(image, [0, r, c, 0], [batch, rows, columns, channels]);
      taps.push(tf.sum(tf.mul(shifted, dy!), [0, 1, 2]));
    }
  }
  return tf.reshape(tf.stack(taps), a.filterShape);
}

/** dx = dy ∗ the filter turned by 180° (stride 1, 'same', odd sizes, depth multiplier 1). */
function depthwiseInputGradient({ dy, filter }: Record<string, tf.Tensor4D>): tf.Tensor4D {
  return tf.depthwiseConv2d(dy!, tf.reverse(filter!, [0, 1]), 1, 'same');
}
