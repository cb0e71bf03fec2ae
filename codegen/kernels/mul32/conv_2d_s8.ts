/** CONV_2D for cores with a 32-bit multiplier and no SIMD: conv_2d_s8.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { type Taps, tapsInside } from '../../../src/ops/sliding_window.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext } from '../../layer.js';
import { leadOfStretches, tileStretches } from '../../lead.js';
import { type PackedWeights, packedConstants, packWeights, tokensOf } from '../../packed_weights.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { shapeFields } from '../portable/convolution.js';
import { printPacking, unpackedInt8 } from '../portable/packed.js';
import { type CutWeights, cutWeights } from './excess.js';
import { printLayer, scaleConstants } from './layer.js';
import { type Filter, foldedBias, isInt8, pairsFit, sumsFit } from './proof.js';
import {
  type Rescale,
  rescaleConstants,
  rescaleFields,
  rescaleOf,
  rescaleScales,
  usualFine,
} from './rescale.js';
import { settled } from './settled.js';

/** Bytes of packed columns above which more than eight pixels at a time gain little, and more than four. */
const columnBytes = { eight: 4096, four: 4608 };

export const mul32Conv2d: Kernel<Conv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8',
  accepts: (p) => p.groups === 1 && accepts(p),
  lower: (p, context) => lower(settle(p), context),
};

/** With one input channel every output channel is a filter over all there is: a convolution. */
export const mul32SingleChannelDepthwise: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8',
  accepts: (p) => p.input.channels === 1 && accepts(channelsFirst(p)),
  lower: (p, context) => lower(settle(channelsFirst(p)), context),
};

const packed = { capability: 'mul32', name: 'conv_2d_s8_packed', packed: true } as const;

export const mul32Conv2dPacked: Kernel<Conv2dParameters> = {
  ...packed,
  accepts: (p) => mul32Conv2d.accepts(unpackedInt8(p)),
  lower(p, context) {
    const layer = settle(p);
    return lower(layer, context, packWeights(layer.weights as Int8Array, tapsOf(layer)));
  },
};

export const mul32SingleChannelDepthwisePacked: Kernel<DepthwiseConv2dParameters> = {
  ...packed,
  accepts: (p) => mul32SingleChannelDepthwise.accepts(unpackedInt8(p)),
  lower: (p, context) => mul32Conv2dPacked.lower({ ...channelsFirst(p), groups: 1 }, context),
};

export function tapsOf(p: ConvolutionParameters): number {
  return p.filter.height * p.filter.width * p.filter.channels;
}

export function filterOf(p: ConvolutionParameters): Filter {
  const taps = tapsOf(p);
  return (c) => (p.weights as Int8Array).subarray(c * taps, (c + 1) * taps);
}

export function settle<P extends ConvolutionParameters>(p: P): P {
  const taps = tapsOf(p);
  return settled(p, p.output.channels, { start: (c) => c * taps, step: 1, taps });
}

function accepts(given: ConvolutionParameters): boolean {
  if (!isInt8(given)) return false;
  const p = settle(given);
  const channels = p.output.channels;
  return pairsFit(filterOf(p), channels) && sumsFit(p, filterOf(p), channels);
}

function lower(
  p: ConvolutionParameters,
  { label, scratchBytes }: LowerContext,
  packed?: PackedWeights,
): Omit<Layer, 'op' | 'kernel'> {
  const { output } = p;
  const taps = tapsOf(p);
  const depth = Math.ceil(taps / 4) * 4;
  const unpacked = packed ? depth : 0;
  const tile = tileOf(p, depth, scratchBytes - unpacked);
  const rows = filterOf(p);
  const layout = layoutOf(p);
  const bias = foldedBias(p, rows, output.channels);
  const rescale = rescaleOf(p, rows, output.channels);
  const filled = filledRows(rows, output.channels, depth);
  const cut = packed ? undefined : cutWeights(filled, depth);
  const rescaled = !packed && rescale?.fields.fine === usualFine;
  const name = packed ? 'conv_2d_s8_packed' : rescaled ? 'conv_2d_s8_rescaled' : 'conv_2d_s8';
  return {
    why: `two products in one multiply, ${tile} pixels at a time`,
    scratchBytes: 2 * tile * depth + unpacked,
    overlaps: [{ input: 0, lead: leadOfStretches(tileStretches(p, tilesOf(p, tile, rescaled))) }],
    work: workOf(p, { tile, depth, rescaled, rescale, cut, packed }),
    constants: [
      ...(packed
        ? packedConstants(packed, label, layout)
        : [
            {
              name: `${label}_weights`,
              ctype: 'int8_t' as const,
              data: cut?.weights ?? filled,
              comment:
                `${label}: weights ${layout}${depth > taps ? `, rows filled up to ${depth}` : ''}` +
                (cut ? ', cut down' : ''),
              align: 4,
            },
          ]),
      ...(rescaled
        ? [rescaleScales(p, label, bias, rescale)]
        : rescale
          ? rescaleConstants(p, label, bias, rescale)
          : scaleConstants(p, label, bias)),
      ...(cut
        ? [
            {
              name: `${label}_excess`,
              ctype: 'uint16_t' as const,
              data: cut.excess,
              comment: `${label}: of each channel (weights to skip) * 256 + what was cut off the next, and 0`,
              align: 2,
            },
          ]
        : []),
    ],
    sources: [`mul32/${name}.c`],
    emit(printer, at) {
      const kernel = {
        name: `crimp_mul32_${name}`,
        struct: 'crimp_mul32_conv_2d',
        scratch: true,
        packed: packed !== undefined,
        scales: rescaled ? ['scales'] : ['bias', 'multiplier', 'shift'],
        more: [...(rescaled ? [] : [rescale && 'limit']), ...(packed ? [] : [cut && 'excess'])],
      };
      if (packed) printPacking(printer, at, packed);
      printLayer(
        printer,
        at,
        p,
        label,
        kernel,
        shapeOf(rescaled ? asRow(p) : p, { depth, tile, rescale }),
        output.channels,
      );
    },
  };
}

export function layoutOf({ output, filter }: ConvolutionParameters): string {
  return (
    `[output channel ${output.channels}][row ${filter.height}][column ${filter.width}]` +
    `[channel ${filter.channels}]`
  );
}

/** Output pixels of a tile. @param bytes for its columns, of `depth` weights */
export function tileOf({ batch, output }: ConvolutionParameters, depth: number, bytes: number): number {
  const pixels = batch * output.height * output.width;
  const fours = (most: number) => Math.floor(Math.min(most, bytes) / (8 * depth));
  const useful = Math.max(fours(columnBytes.eight), Math.min(fours(columnBytes.four), 2));
  const groups = Math.min(useful, Math.ceil(pixels / 4), 4);
  return 4 * Math.max(groups, 1);
}

/** Fields of struct crimp_mul32_conv_2d. */
export function shapeOf(
  p: ConvolutionParameters,
  { depth, tile, rescale }: { depth: number; tile: number; rescale: Rescale | undefined },
): Record<string, number> {
  return {
    ...shapeFields(p),
    depth,
    tile,
    input_zero_point: -p.inputOffset,
    ...rescaleFields(rescale),
  };
}

/** Pixels in one row where each is computed from the one in its place: conv_2d_s8_rescaled.c packs them as they lie. */
function asRow(p: ConvolutionParameters): ConvolutionParameters {
  const { batch, input, output, filter, stride, padding } = p;
  const alone = [filter, stride].every(({ height, width }) => height * width === 1);
  if (!alone || padding.top || padding.left) return p;
  const row = { height: 1, width: batch * output.height * output.width };
  return { ...p, batch: 1, input: { ...input, ...row }, output: { ...output, ...row } };
}

/**
 * Tiles are packed as columns of four pixels, then each channel is computed for all of a tile's columns. A pixel that
 * conv_2d_s8_rescaled.c computes alone is packed as if it were four.
 */
function workOf(
  p: ConvolutionParameters,
  {
    tile,
    depth,
    rescaled,
    rescale,
    cut,
    packed,
  }: {
    tile: number;
    depth: number;
    rescaled: boolean;
    rescale: Rescale | undefined;
    cut: CutWeights | undefined;
    packed: PackedWeights | undefined;
  },
): Work {
  const { channels } = p.output;
  const tiles = tilesOf(p, tile, rescaled);
  const singles = rescaled ? tiles.filter((count) => count === 1).length : 0;
  const columns = tiles.reduce((n, count) => n + Math.ceil(count / 4), 0) - singles;
  const stores = (tiles.reduce((n, count) => n + count, 0) - singles) * channels;
  const isRow = rescaled && asRow(p) !== p;
  const store = !rescaled ? (rescale ? 'finelyRescaled' : 'requantized') : 'rescaled';
  return {
    calls: 1,
    ...packingWork(p, columns, singles, isRow),
    packedWords: columns * depth,
    tileChannels: (tiles.length - singles) * channels,
    columnChannels: columns * channels,
    [cut ? 'dotsOfFour' : 'dotsOfTwo']: (columns * channels * depth) / 4,
    excess: cut ? (columns + singles) * (cut.excess.length - channels) : 0,
    // Where nothing is below the offset all that is negative goes the same short way.
    [rescaled && rescale?.fields.down === 0 ? 'rectified' : store]: stores,
    singles,
    singleWords: singles * depth,
    singleChannels: singles * channels,
    dotsOfOne: (singles * channels * depth) / 4,
    unpacked: packed ? tiles.length * channels * depth : 0,
    tokens: packed ? tiles.length * tokensOf(packed) : 0,
  };
}

/** Pixels that lie one behind the other, or rows of windows by whether any of a pair's taps is in the padding. */
export function packingWork(p: ConvolutionParameters, columns: number, singles = 0, isRow = false): Work {
  const { height } = p.filter;
  const { rows, columns: across } = tapsInside(p);
  const whole = ({ begin, end }: Taps, taps: number) =>
    begin.filter((first, i) => first === 0 && end[i] === taps).length;
  const inside = whole(rows, height) * whole(across, p.filter.width);
  const padded = p.dilation.width > 1 ? 1 : 1 - inside / (p.output.height * p.output.width);
  const packed = (isRow ? singles : columns + singles) * height;
  return {
    rowColumns: isRow ? columns : 0,
    columns: isRow ? 0 : columns,
    packedRows: packed * (1 - padded),
    paddedRows: packed * padded,
  };
}

function filledRows(rows: Filter, count: number, depth: number): Int8Array {
  const weights = new Int8Array(count * depth);
  for (let c = 0; c < count; c++) weights.set(rows(c), c * depth);
  return weights;
}

/**
 * The pixels of each tile: they are packed, then all of their channels written.
 * @param rescaled whether pixels at the end that make no four are tiles of their own
 */
export function tilesOf(p: ConvolutionParameters, tile: number, rescaled: boolean): number[] {
  const tiles: number[] = [];
  for (let left = p.batch * p.output.height * p.output.width; left > 0; left -= tiles.at(-1)!) {
    const count = Math.min(tile, left);
    tiles.push(rescaled && count < tile ? Math.max(count - (count % 4), 1) : count);
  }
  return tiles;
}
