/** How CONV_2D becomes C: the kernels to choose from, the fastest first. */
import { type Conv2dParameters, conv2dParameters } from '../../src/ops/conv_2d.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspConv2d } from '../kernels/dsp/conv_2d_s8.js';
import { mul32Conv2d, mul32Conv2dPacked } from '../kernels/mul32/conv_2d_s8.js';
import { mul32QuartersConv2d } from '../kernels/mul32/conv_2d_s8_quarters.js';
import { mul32SparseConv2d } from '../kernels/mul32/conv_2d_s8_sparse.js';
import { mul32SparseConv2dPacked } from '../kernels/mul32/conv_2d_s8_sparse_packed.js';
import { portableConv2d } from '../kernels/portable/conv_2d.js';
import { portableConv2dPacked } from '../kernels/portable/conv_2d_packed.js';
import { rv32imConv2d } from '../kernels/rv32im/conv_2d_s8.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<Conv2dParameters>[] = [
  mul32QuartersConv2d,
  rv32imConv2d,
  dspConv2d,
  mul32Conv2d,
  mul32SparseConv2d,
  ...portableConv2d,
  mul32SparseConv2dPacked,
  mul32Conv2dPacked,
  ...portableConv2dPacked,
];

export const conv2d: OpEmitter<'CONV_2D'> = {
  type: 'CONV_2D',
  lower: (op, graph, context) => chooseKernel(kernels, conv2dParameters(op, graph), context),
};
