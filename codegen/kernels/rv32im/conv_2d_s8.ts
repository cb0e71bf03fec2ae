/** CONV_2D for RISC-V with multiplier: conv_2d_s8.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext } from '../../layer.js';
import { evenTiles, leadOfStretches, tileStretches } from '../../lead.js';
import { type Filter, foldedBias, isInt8 } from '../mul32/proof.js';
import { settled } from '../mul32/settled.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { shapeFields } from '../portable/convolution.js';
import { sideBySide } from './fully_connected_s8.js';
import { constantsOf, printCall } from './layer.js';
import { rescaleOf, segmentOf } from './proof.js';

export const rv32imConv2d: Kernel<Conv2dParameters> = {
  capability: 'rv32im',
  name: 'conv_2d_s8',
  accepts: (p) => p.groups === 1 && accepts(p),
  lower: (p, context) => lower(settle(p), context),
};

/** With one input channel every output channel is a filter over all there is: a convolution. */
export const rv32imSingleChannelDepthwise: Kernel<DepthwiseConv2dParameters> = {
  capability: 'rv32im',
  name: 'conv_2d_s8',
  accepts: (p) => p.input.channels === 1 && accepts(channelsFirst(p)),
  lower: (p, context) => lower(settle(channelsFirst(p)), context),
};

function tapsOf({ filter }: ConvolutionParameters): number {
  return filter.height * filter.width * filter.channels;
}

function filterOf(p: ConvolutionParameters): Filter {
  const taps = tapsOf(p);
  return (c) => (p.weights as Int8Array).subarray(c * taps, (c + 1) * taps);
}

function settle<P extends ConvolutionParameters>(p: P): P {
  const taps = tapsOf(p);
  return settled(p, p.output.channels, { start: (c) => c * taps, step: 1, taps });
}

function accepts(given: ConvolutionParameters): boolean {
  if (!isInt8(given)) return false;
  const p = settle(given);
  return rescaleOf(p, filterOf(p), p.output.channels) !== undefined;
}

function lower(
  p: ConvolutionParameters,
  { label, scratchBytes }: LowerContext,
): Omit<Layer, 'op' | 'kernel'> {
  const { input, output, filter } = p;
  const channels = output.channels;
  const depth = tapsOf(p);
  const rows = filterOf(p);
  const pixels = p.batch * output.height * output.width;
  const tile = pixels > 3 && 16 * depth <= scratchBytes ? 6 : 3;
  const rescale = rescaleOf(p, rows, channels)!;
  const layout =
    `[output channel ${channels}][row ${filter.height}][column ${filter.width}]` +
    `[channel ${filter.channels}], four outputs side by side`;
  return {
    why: `three products in two multiplies, ${tile} pixels at a time`,
    scratchBytes: (8 / 3) * tile * depth,
    overlaps: [{ input: 0, lead: leadOfStretches(tileStretches(p, evenTiles(p, tile))) }],
    constants: constantsOf(
      p,
      label,
      layout,
      sideBySide(rows, channels, depth, 4),
      foldedBias(p, rows, channels),
      rescale,
    ),
    sources: ['rv32im/conv_2d_s8.c'],
    emit(printer, at) {
      const shape = {
        ...shapeFields(p),
        depth,
        segment: segmentOf(rows, channels, depth),
        tile,
        input_zero_point: -p.inputOffset,
        inside_height: Math.max(0, input.height - (filter.height - 1) * p.dilation.height),
        inside_width: Math.max(0, input.width - (filter.width - 1) * p.dilation.width),
      };
      const kernel = { name: 'crimp_rv32im_conv_2d_s8', struct: 'crimp_rv32im_conv_2d', scratch: 'uint32_t' };
      printCall(printer, at, label, kernel, shape, rescale);
    },
  };
}
