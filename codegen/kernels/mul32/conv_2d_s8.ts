/** CONV_2D for cores with a 32-bit multiplier and no SIMD: conv_2d_s8.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Kernel } from '../../kernel.js';
import type { Layer } from '../../layer.js';
import { leadOfStretches, printLayer, quantizedConstants, type Stretch } from './layer.js';
import { type Filter, foldedBias, isInt8, pairsFit, sumsFit } from './proof.js';

/** Bytes of packed columns above which more pixels at a time gain nothing. */
const columnBytes = 2048;

/** A convolution of one group. */
type Convolution = Omit<Conv2dParameters, 'groups'>;

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
function asConvolution(p: DepthwiseConv2dParameters): Convolution {
  const outputs = p.output.channels;
  const taps = p.filter.height * p.filter.width;
  const weights = new Int8Array(outputs * taps);
  for (let i = 0; i < weights.length; i++) {
    weights[(i % outputs) * taps + Math.floor(i / outputs)] = Number(p.weights[i]);
  }
  return { ...p, weights, filter: { ...p.filter, channels: 1 } };
}

function tapsOf(p: Convolution): number {
  return p.filter.height * p.filter.width * p.filter.channels;
}

function filterOf(p: Convolution): Filter {
  const taps = tapsOf(p);
  return (c) => (p.weights as Int8Array).subarray(c * taps, (c + 1) * taps);
}

function accepts(p: Convolution): boolean {
  const channels = p.output.channels;
  return isInt8(p) && pairsFit(filterOf(p), channels) && sumsFit(p, filterOf(p), channels);
}

function lower(p: Convolution, label: string): Omit<Layer, 'op' | 'kernel'> {
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
function stretches(p: Convolution, tile: number): Stretch[] {
  const { input, output, filter, stride, dilation, padding } = p;
  const pixels = p.batch * output.height * output.width;
  /** Where the first tap inside the image lies, along one axis; undefined when none is. */
  const first = (at: number, taps: number, apart: number, size: number) => {
    const start = at < 0 ? at + Math.ceil(-at / apart) * apart : at;
    return start < size && start <= at + (taps - 1) * apart ? start : undefined;
  };
  const read = (pixel: number) => {
    const x = pixel % output.width;
    const y = ((pixel - x) / output.width) % output.height;
    const image = Math.floor(pixel / (output.width * output.height)) * input.height;
    const row = first(y * stride.height - padding.top, filter.height, dilation.height, input.height);
    const column = first(x * stride.width - padding.left, filter.width, dilation.width, input.width);
    if (row === undefined || column === undefined) return Number.POSITIVE_INFINITY;
    return ((image + row) * input.width + column) * input.channels;
  };
  const list: Stretch[] = [];
  for (let start = 0; start < pixels; start += tile) {
    const end = Math.min(start + tile, pixels);
    let firstRead = Number.POSITIVE_INFINITY;
    for (let pixel = start; pixel < end; pixel++) firstRead = Math.min(firstRead, read(pixel));
    list.push({ firstRead, writeEnd: end * output.channels });
  }
  return list;
}
