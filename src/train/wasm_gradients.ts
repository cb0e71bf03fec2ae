/**
 * TensorFlow.js on WebAssembly trains in plain Node, but its backend lacks the kernels of three gradients, and has slow
 * ones of two. They are made here of kernels that it has and of loops over its memory; what other layers need is there.
 */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';
import { filterGradient, inputGradient } from './wasm_convolution.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './wasm_depthwise.js';
import { maxPoolGradient } from './wasm_max_pool.js';
import { type Given, type Gradient, type Inputs, withPairs } from './wasm_window.js';

const gradients: Readonly<Record<string, Gradient>> = {
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  MaxPoolGrad: maxPoolGradient,
};

/** Once in a process. */
export function registerGradients(tf: Tf): void {
  for (const [name, gradient] of Object.entries(gradients)) {
    register(tf, name, ({ inputs, attrs }) =>
      tf.tidy(() => gradient(tf, inputs as Inputs, withPairs(attrs as unknown as Given))),
    );
  }
  register(tf, 'Identity', shared);
}

function register(tf: Tf, kernelName: string, kernelFunc: T.KernelFunc): void {
  const backendName = 'wasm';
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc });
}

/** What is kept for gradients passes through here: the same memory, where the backend would copy it. */
const shared: T.KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs.x as T.TensorInfo;
  (backend as { incRef(dataId: object): void }).incRef(dataId);
  return { dataId, shape, dtype };
};
