/** The shape that kernels of CONV_2D and DEPTHWISE_CONV_2D are given. */
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { Grouping } from '../../lead.js';

/** The fields of `struct crimp_convolution`; without `grouping` those that other capabilities' structures begin with. */
export function shapeFields(p: ConvolutionParameters, grouping?: Grouping): Readonly<Record<string, number>> {
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
    ...(grouping && { filter_channels: grouping.filterChannels, group_outputs: grouping.groupOutputs }),
    stride_height: p.stride.height,
    stride_width: p.stride.width,
    dilation_height: p.dilation.height,
    dilation_width: p.dilation.width,
    padding_top: p.padding.top,
    padding_left: p.padding.left,
  };
}
