/**
 * TensorFlow.js on WebAssembly trains in plain Node, but its backend lacks the kernels of three gradients, and has slow
 * ones of two. They are made here of kernels that it has and of loops over its memory; what other layers need is there.
 */
import type { Tf } from './tensorflow.js';
import { filterGradient, inputGradient } from './wasm_convolution.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './wasm_depthwise.js';
import { maxPoolGradient } from './wasm_max_pool.js';
import type { Given, Gradient } from './wasm_window.js';
import { withPairs } from './wasm_window.js';

const gradients: Readonly<Record<string, Gradient>> = {
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  MaxPoolGrad: maxPoolGradient,
};

/** Once in a process. */
export function registerGradients(tf: Tf): void {
  const backendName = 'wasm';
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => gradient(tf, inputs as Parameters<Gradient>[1], withPairs(attrs as unknown as Given))),
    });
  }
}
