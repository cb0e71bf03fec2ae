/** The shape that the portable CONV_2D and DEPTHWISE_CONV_2D kernels are given. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { Grouping } from '../../lead.js';

/** Conv2dParameters but for the layout of the weights, which the reads of activations do not depend on. */
export type Convolution = Omit<Conv2dParameters, 'groups' | 'weights'>;

/** The fields of `struct crimp_convolution`. */
export function shapeFields(p: Convolution, grouping: Grouping): Readonly<Record<string, number>> {
  return {
    batch: p.batch,
    input_height: p.input.height,
    input_width: p.input.width,
    input_channels: p.input.channels,
    output_height: p.output.height,
    output_width: p.output.width,
    output_channels: p.output.channels,
    filter_height: p.filter.height,
    filter_width: p.filter.width,
    filter_channels: grouping.filterChannels,
    group_outputs: grouping.groupOutputs,
    stride_height: p.stride.height,
    stride_width: p.stride.width,
    dilation_height: p.dilation.height,
    dilation_width: p.dilation.width,
    padding_top: p.padding.top,
    padding_left: p.padding.left,
  };
}
