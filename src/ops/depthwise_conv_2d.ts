/**
 * DEPTHWISE_CONV_2D: weights 1HWC, per-tensor or per output channel; output channel = input channel · multiplier + m.
 * TFLM: kernels/depthwise_conv.cc, reference/integer_ops/depthwise_conv.h, reference/depthwiseconv_float.h.
 */
import type { Conv2dAttributes, Conv2dParameters } from './conv_2d.js';

export interface DepthwiseConv2dAttributes extends Omit<Conv2dAttributes, 'quantizedBiasType'> {
  readonly depthMultiplier: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    DEPTHWISE_CONV_2D: DepthwiseConv2dAttributes;
  }
}

/** As Conv2dParameters, but weights are [row][column][output channel] and filter.channels is output.channels. */
export interface DepthwiseConv2dParameters extends Omit<Conv2dParameters, 'groups'> {
  /** output.channels / input.channels. */
  readonly depthMultiplier: number;
}
