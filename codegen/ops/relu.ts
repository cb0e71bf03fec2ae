/** How RELU becomes C: quantized it is a requantization with a lower bound. */
import { type ReluParameters, reluParameters } from '../../src/ops/relu.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableQuantize } from '../kernels/portable/quantize.js';
import { portableReluFloat32 } from '../kernels/portable/relu_f32.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<ReluParameters>[] = [
  portableReluFloat32,
  ...(portableQuantize as readonly Kernel<never>[]),
];

export const relu: OpEmitter<'RELU'> = {
  type: 'RELU',
  lower: (op, graph, context) => chooseKernel(kernels, reluParameters(op, graph), context),
};
