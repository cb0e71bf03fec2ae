/** CONV_2D for cores with a 32-bit multiplier and no SIMD: conv_2d_s8.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Kernel } from '../../kernel.js';
import type { Layer } from '../../layer.js';
import { firstPixelRead } from '../../lead.js';
import { leadOfStretches, printLayer, quantizedConstants, type Stretch } from './layer.js';
import { type Filter, foldedBias, isInt8, pairsFit, sumsFit } from './proof.js';

/** Bytes of packed columns above which more pixels at a time gain nothing. */
const columnBytes = 2048;

export const mul32Conv2d: Kernel<Conv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8',
  accepts: (p) => p.groups === 1 && accepts(p),
  lower: (p, { label }) => lower(p, label),
};

/** With one input channel every output channel is a filter over all there is: a convolution. */
export const mul32SingleChannelDepthwise: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8',
  accepts: (p) => p.input.channels === 1 && accepts(asConvolution(p)),
  lower: (p, { label }) => lower(asConvolution(p), label),
};

/** [row][column][output channel] → [output channel][row][column][1] */
function asConvolution(p: DepthwiseConv2dParameters): ConvolutionParameters {
  const outputs = p.output.channels;
  const taps = p.filter.height * p.filter.width;
  const weights = new Int8Array(outputs * taps);
  for (let i = 0; i < weights.length; i++) {
    weights[(i % outputs) * taps + Math.floor(i / outputs)] = Number(p.weights[i]);
  }
  return { ...p, weights, filter: { ...p.filter, channels: 1 } };
}

function tapsOf(p: ConvolutionParameters): number {
  return p.filter.height * p.filter.width * p.filter.channels;
}

function filterOf(p: ConvolutionParameters): Filter {
  const taps = tapsOf(p);
  return (c) => (p.weights as Int8Array).subarray(c * taps, (c + 1) * taps);
}

function accepts(p: ConvolutionParameters): boolean {
  const channels = p.output.channels;
  return isInt8(p) && pairsFit(filterOf(p), channels) && sumsFit(p, filterOf(p), channels);
}

function lower(p: ConvolutionParameters, label: string): Omit<Layer, 'op' | 'kernel'> {
  const { input, output, filter } = p;
  const taps = tapsOf(p);
  const depth = Math.ceil(taps / 4) * 4;
  const pixels = p.batch * output.height * output.width;
  const groups = Math.min(Math.floor(columnBytes / (8 * depth)), Math.ceil(pixels / 4), 4);
  const tile = 4 * Math.max(groups, 1);
  const weights = new Int8Array(output.channels * depth);
  const rows = filterOf(p);
  for (let c = 0; c < output.channels; c++) weights.set(rows(c), c * depth);
  const layout =
    `[output channel ${output.channels}][row ${filter.height}][column ${filter.width}]` +
    `[channel ${filter.channels}]${depth > taps ? `, rows filled up to ${depth}` : ''}`;
  return {
    why: `two products in one multiply, ${tile} pixels at a time`,
    scratchBytes: 2 * tile * depth,
    overlaps: [{ input: 0, lead: leadOfStretches(stretches(p, tile)) }],
    constants: quantizedConstants(p, label, layout, weights, foldedBias(p, rows, output.channels)),
    sources: ['mul32/conv_2d_s8.c'],
    emit(printer, at) {
      const kernel = { name: 'crimp_mul32_conv_2d_s8', struct: 'crimp_mul32_conv_2d', scratch: true };
      const shape = {
        batch: p.batch,
        input_height: input.height,
        input_width: input.width,
        input_channels: input.channels,
        output_height: output.height,
        output_width: output.width,
        output_channels: output.channels,
        filter_height: filter.height,
        filter_width: filter.width,
        stride_height: p.stride.height,
        stride_width: p.stride.width,
        dilation_height: p.dilation.height,
        dilation_width: p.dilation.width,
        padding_top: p.padding.top,
        padding_left: p.padding.left,
        depth,
        tile,
        input_zero_point: -p.inputOffset,
      };
      printLayer(printer, at, p, label, kernel, shape, output.channels);
    },
  };
}

/** Tile after tile: the windows of its pixels are packed, then all channels of these pixels are written. */
function stretches(p: ConvolutionParameters, tile: number): Stretch[] {
  const pixels = p.batch * p.output.height * p.output.width;
  const firstRead = firstPixelRead(p);
  const list: Stretch[] = [];
  for (let start = 0; start < pixels; start += tile) {
    const end = Math.min(start + tile, pixels);
    let first = Number.POSITIVE_INFINITY;
    for (let pixel = start; pixel < end; pixel++) first = Math.min(first, firstRead(pixel));
    list.push({ firstRead: first * p.input.channels, writeEnd: end * p.output.channels });
  }
  return list;
}
