/** What the portable CONV_2D and DEPTHWISE_CONV_2D kernels share: the shape they are given, and their reads. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import { tapsInside } from '../../../src/ops/sliding_window.js';
import { leadOf } from '../../lead.js';
import { elementBytes } from './weighted.js';

/** Conv2dParameters but for the layout of the weights, which the reads of activations do not depend on. */
export type Convolution = Omit<Conv2dParameters, 'groups' | 'weights'>;

/** Input channels that one output channel sees, and output channels that see the same ones. */
export interface Grouping {
  readonly filterChannels: number;
  readonly groupOutputs: number;
}

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

/** Outputs are written in order: batch, row, column, channel, each after it has read its window. */
export function convolutionLead(p: Convolution, grouping: Grouping): number {
  const { input, output, filter, stride, dilation, padding } = p;
  const rows = tapsInside(
    output.height,
    input.height,
    filter.height,
    stride.height,
    dilation.height,
    padding.top,
  );
  const columns = tapsInside(
    output.width,
    input.width,
    filter.width,
    stride.width,
    dilation.width,
    padding.left,
  );
  const outputs = p.batch * output.height * output.width * output.channels;
  return leadOf(outputs, elementBytes[p.dtype], (i) => {
    const channel = i % output.channels;
    const pixel = (i - channel) / output.channels;
    const x = pixel % output.width;
    const y = ((pixel - x) / output.width) % output.height;
    const batch = Math.floor(pixel / (output.width * output.height));
    const [ky, kx] = [rows.begin[y]!, columns.begin[x]!];
    if (ky >= rows.end[y]! || kx >= columns.end[x]!) return Number.POSITIVE_INFINITY;
    const row = batch * input.height + rows.origin[y]! + ky * dilation.height;
    const column = columns.origin[x]! + kx * dilation.width;
    const group = Math.floor(channel / grouping.groupOutputs);
    return (row * input.width + column) * input.channels + group * grouping.filterChannels;
  });
}
