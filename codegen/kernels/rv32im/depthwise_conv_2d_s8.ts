/** DEPTHWISE_CONV_2D of 3 x 3 for RISC-V with multiplier: depthwise_conv_2d_s8.c. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Kernel } from '../../kernel.js';
import { type Filter, foldedBias, isInt8 } from '../mul32/proof.js';
import { settled } from '../mul32/settled.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { bandsOf } from './bands.js';
import { constantsOf, printCall } from './layer.js';
import { rescaleOf } from './proof.js';

export const rv32imDepthwiseConv2d: Kernel<DepthwiseConv2dParameters> = {
  capability: 'rv32im',
  name: 'depthwise_conv_2d_s8',
  accepts(given) {
    if (given.depthMultiplier !== 1 || !isInt8(given) || !isThreeByThree(given)) return false;
    const p = settle(given);
    return rescaleOf(p, filterOf(p), p.output.channels) !== undefined;
  },
  lower(given, { label, scratchBytes }) {
    const p = settle(given);
    const { input, output, stride } = p;
    const channels = output.channels;
    const { band, planeHeight, planeWidth, planeBytes, overlap } = bandsOf(p, scratchBytes);
    const rescale = rescaleOf(p, filterOf(p), channels)!;
    const { weights } = channelsFirst(p) as { readonly weights: Int8Array };
    return {
      why: `each value is read once, bands of ${band} rows`,
      scratchBytes: planeBytes,
      overlaps: [overlap],
      constants: constantsOf(
        p,
        label,
        `[channel ${channels}][row 3][column 3]`,
        weights,
        foldedBias(p, filterOf(p), channels),
        rescale,
      ),
      sources: ['rv32im/depthwise_conv_2d_s8.c'],
      emit(printer, at) {
        const shape = {
          batch: p.batch,
          input_height: input.height,
          input_width: input.width,
          channels,
          output_height: output.height,
          output_width: output.width,
          stride_height: stride.height,
          stride_width: stride.width,
          padding_top: p.padding.top,
          padding_left: p.padding.left,
          band,
          plane_height: planeHeight,
          plane_width: planeWidth,
          input_zero_point: -p.inputOffset,
        };
        const kernel = {
          name: 'crimp_rv32im_depthwise_conv_2d_s8',
          struct: 'crimp_rv32im_depthwise',
          scratch: 'int8_t',
        };
        printCall(printer, at, label, kernel, shape, rescale);
      },
    };
  },
};

function isThreeByThree({ filter, stride, dilation }: DepthwiseConv2dParameters): boolean {
  return (
    filter.height === 3 &&
    filter.width === 3 &&
    stride.width <= 2 &&
    dilation.height === 1 &&
    dilation.width === 1
  );
}

function settle(p: DepthwiseConv2dParameters): DepthwiseConv2dParameters {
  const { channels } = p.output;
  return settled(p, channels, { start: (c) => c, step: channels, taps: 9 });
}

/** The weights are [row][column][channel]. */
function filterOf(p: DepthwiseConv2dParameters): Filter {
  const { channels } = p.output;
  return (c) => Int8Array.from({ length: 9 }, (_, k) => Number(p.weights[k * channels + c]));
}
