/** How FULLY_CONNECTED becomes C: the kernels to choose from, the fastest first. */
import { type FullyConnectedParameters, fullyConnectedParameters } from '../../src/ops/fully_connected.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspFullyConnected } from '../kernels/dsp/fully_connected_s8.js';
import { mul32FullyConnected } from '../kernels/mul32/fully_connected_s8.js';
import { mul32FullyConnectedPacked } from '../kernels/mul32/fully_connected_s8_packed.js';
import { mul32SparseFullyConnected } from '../kernels/mul32/fully_connected_s8_sparse.js';
import { portableFullyConnected } from '../kernels/portable/fully_connected.js';
import { portableFullyConnectedPacked } from '../kernels/portable/fully_connected_packed.js';
import { rv32imFullyConnected } from '../kernels/rv32im/fully_connected_s8.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<FullyConnectedParameters>[] = [
  rv32imFullyConnected,
  dspFullyConnected,
  mul32FullyConnected,
  mul32SparseFullyConnected,
  ...portableFullyConnected,
  mul32FullyConnectedPacked,
  ...portableFullyConnectedPacked,
];

export const fullyConnected: OpEmitter<'FULLY_CONNECTED'> = {
  type: 'FULLY_CONNECTED',
  lower: (op, graph, context) => chooseKernel(kernels, fullyConnectedParameters(op, graph), context),
};
