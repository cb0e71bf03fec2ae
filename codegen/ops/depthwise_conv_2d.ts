/** How DEPTHWISE_CONV_2D becomes C: the kernels to choose from, the fastest first. */
import {
  type DepthwiseConv2dParameters,
  depthwiseConv2dParameters,
} from '../../src/ops/depthwise_conv_2d.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { dspSingleChannelDepthwise } from '../kernels/dsp/conv_2d_s8.js';
import { dspDepthwiseConv2d } from '../kernels/dsp/depthwise_conv_2d_s8.js';
import {
  mul32SingleChannelDepthwise,
  mul32SingleChannelDepthwisePacked,
} from '../kernels/mul32/conv_2d_s8.js';
import { mul32QuartersDepthwise } from '../kernels/mul32/conv_2d_s8_quarters.js';
import { mul32DepthwiseConv2d, mul32DepthwiseConv2dPacked } from '../kernels/mul32/depthwise_conv_2d_s8.js';
import { mul32DepthwiseConv2d3x3 } from '../kernels/mul32/depthwise_conv_2d_s8_3x3.js';
import { portableDepthwiseConv2dPacked } from '../kernels/portable/conv_2d_packed.js';
import { portableDepthwiseConv2d } from '../kernels/portable/depthwise_conv_2d.js';
import { rv32imSingleChannelDepthwise } from '../kernels/rv32im/conv_2d_s8.js';
import { rv32imDepthwiseConv2d } from '../kernels/rv32im/depthwise_conv_2d_s8.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<DepthwiseConv2dParameters>[] = [
  rv32imDepthwiseConv2d,
  rv32imSingleChannelDepthwise,
  dspDepthwiseConv2d,
  dspSingleChannelDepthwise,
  mul32DepthwiseConv2d3x3,
  mul32DepthwiseConv2d,
  mul32QuartersDepthwise,
  mul32SingleChannelDepthwise,
  ...portableDepthwiseConv2d,
  mul32DepthwiseConv2dPacked,
  mul32SingleChannelDepthwisePacked,
  ...portableDepthwiseConv2dPacked,
];

export const depthwiseConv2d: OpEmitter<'DEPTHWISE_CONV_2D'> = {
  type: 'DEPTHWISE_CONV_2D',
  lower: (op, graph, context) => chooseKernel(kernels, depthwiseConv2dParameters(op, graph), context),
};
