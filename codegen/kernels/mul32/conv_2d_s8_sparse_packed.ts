/** CONV_2D of pruned weights without padding, for cores with a 32-bit multiplier: conv_2d_s8_sparse_packed.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import { tapsInside } from '../../../src/ops/sliding_window.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches } from '../../lead.js';
import { packedConstants, packWeights, tokensOf } from '../../packed_weights.js';
import { rowStretches } from '../portable/conv_2d_packed.js';
import { printPacking, unpackedInt8 } from '../portable/packed.js';
import { printLayer, scaleConstants } from './layer.js';
import { type Filter, foldedBias, isInt8, sumsFit } from './proof.js';

/** A tap holds its offset in the bits above the weight's 8. */
const largestOffset = 2 ** 23;

/** Of the weights: with more of them two products in one multiply are faster. */
const largestDensity = 0.35;

export const mul32SparseConv2dPacked: Kernel<Conv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8_sparse_packed',
  packed: true,
  accepts: (p) =>
    isInt8(unpackedInt8(p)) &&
    p.groups === 1 &&
    p.dilation.width === 1 &&
    windowsInside(p) &&
    p.input.height * p.input.width * p.input.channels < largestOffset &&
    sumsFit(p, filterOf(p), p.output.channels) &&
    nonzeros(p.weights as Int8Array) <= largestDensity * p.weights.length,
  lower(p, { label }) {
    const { input, output, filter, stride, dilation } = p;
    const size = sizeOf(p);
    const packed = packWeights(p.weights as Int8Array, size);
    const most = Math.max(...Array.from({ length: output.channels }, (_, c) => nonzeros(filterOf(p)(c))));
    const grouping = { filterChannels: filter.channels, groupOutputs: output.channels };
    const layout =
      `[output channel ${output.channels}][row ${filter.height}][column ${filter.width}]` +
      `[channel ${filter.channels}]`;
    const rows = p.batch * output.height;
    const rowBytes = input.width * input.channels;
    const run = filter.width * input.channels;
    return {
      why: 'zeros are skipped',
      // Without gaps in the stream zeros are listed like other weights.
      scratchBytes: 4 * (packed.gapBits > 0 ? Math.max(most, 1) : size),
      overlaps: [{ input: 0, lead: leadOfStretches(rowStretches(p, grouping)) }],
      // Without gaps in the stream zeros are multiplied like other weights.
      work: {
        calls: 1,
        rowChannels: rows * output.channels,
        tokens: rows * tokensOf(packed),
        products:
          rows * output.width * (packed.gapBits > 0 ? nonzeros(p.weights as Int8Array) : p.weights.length),
        outputs: rows * output.width * output.channels,
      },
      constants: [
        ...packedConstants(packed, label, layout),
        ...scaleConstants(p, label, foldedBias(p, filterOf(p), output.channels)),
      ],
      sources: ['mul32/conv_2d_s8_sparse_packed.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_conv_2d_s8_sparse_packed',
          struct: 'crimp_mul32_sparse_conv_2d',
          scratch: true,
          packed: true,
        };
        const shape = {
          batch: p.batch,
          image: input.height * rowBytes,
          output_height: output.height,
          output_width: output.width,
          output_channels: output.channels,
          filter_size: size,
          run,
          jump: dilation.height * rowBytes - run,
          row_step: stride.height * rowBytes,
          column_step: stride.width * input.channels,
        };
        printPacking(printer, at, packed);
        printLayer(printer, at, p, label, kernel, shape, output.channels);
      },
    };
  },
};

function sizeOf({ filter }: Conv2dParameters): number {
  return filter.height * filter.width * filter.channels;
}

function filterOf(p: Conv2dParameters): Filter {
  const size = sizeOf(p);
  return (c) => (p.weights as Int8Array).subarray(c * size, (c + 1) * size);
}

function nonzeros(weights: Int8Array): number {
  return weights.reduce((n, w) => n + (w !== 0 ? 1 : 0), 0);
}

/** No tap of any window falls into padding. */
function windowsInside(p: Conv2dParameters): boolean {
  const { rows, columns } = tapsInside(p);
  const whole = ({ begin, end }: typeof rows, taps: number) =>
    begin.every((b) => b === 0) && end.every((e) => e === taps);
  return whole(rows, p.filter.height) && whole(columns, p.filter.width);
}
