/** CONV_2D of few channels, as first layers are: conv_2d_s8_quarters.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { tapsInside } from '../../../src/ops/sliding_window.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { LowerContext } from '../../layer.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { printStruct } from '../portable/weighted.js';
import { mul32Conv2d } from './conv_2d_s8.js';
import { directConstants, directOf } from './direct.js';
import { type CutWeights, cutWeights } from './excess.js';
import { type Filter, isInt8, pairsFit, sumsFit } from './proof.js';
import { settled } from './settled.js';

const name = 'conv_2d_s8_quarters';

export const mul32QuartersConv2d: Kernel<Conv2dParameters> = {
  capability: 'mul32',
  name,
  accepts: (p) => p.groups === 1 && accepts(p),
  lower: (p, context) => lower(p, context),
};

/** With one input channel every output channel is a filter over all there is: a convolution. */
export const mul32QuartersDepthwise: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name,
  accepts: (p) => p.input.channels === 1 && accepts(channelsFirst(p)),
  lower: (p, context) => lower(channelsFirst(p), context),
};

/** Cycles for four pixels that conv_2d_s8.c takes to gather a window, for each value and at all. */
const gathering = { value: 22, window: 300 };
/** Cycles for four windows and a channel, for each value and at all. */
const multiplying = { value: 12, window: 95 };

/** For more output channels conv_2d_s8.c gathers single pixels cheaply enough. */
const pointwiseChannels = 16;

function accepts(given: ConvolutionParameters): boolean {
  const { output, dilation } = given;
  if (!isInt8(given) || dilation.height > 1 || dilation.width > 1) return false;
  const taps = tapsOf(given);
  if (given.filter.height * given.filter.width === 1 && output.channels > pointwiseChannels) return false;
  // Quarters that overlap compute pixels twice.
  const twice = (4 * quarterOf(given)) / output.width - 1;
  const lost = twice * output.channels * (multiplying.value * taps + multiplying.window);
  if (lost > (gathering.value * taps + gathering.window) / 2) return false;
  const p = settle(given);
  const filter = filterOf(p);
  const { channels } = output;
  return pairsFit(filter, channels) && sumsFit(p, filter, channels) && constantsOf(p) !== undefined;
}

const bits = { point: 20, fine: 15, dropped: 3 };

const constantsOf = (p: ConvolutionParameters) => directOf(p, filterOf(p), p.output.channels, bits);

function lower(given: ConvolutionParameters, context: LowerContext): ReturnType<Kernel<unknown>['lower']> {
  const p = settle(given);
  const { input, output, filter, stride } = p;
  const { label } = context;
  const taps = tapsOf(p);
  const depth = Math.ceil(taps / 4) * 4;
  const quarter = quarterOf(p);
  const values = ((quarter - 1) * stride.width + filter.width) * filter.channels;
  // Behind it moving the plane on reads up to three words, and windows that are filled up the values of three weights.
  const scratchBytes = 4 * (2 * values * filter.height + 6);
  if (scratchBytes > context.scratchBytes) {
    return { kernel: `mul32/${mul32Conv2d.name}`, ...mul32Conv2d.lower({ ...given, groups: 1 }, context) };
  }
  const rows = filterOf(p);
  const filled = new Int8Array(output.channels * depth);
  for (let c = 0; c < output.channels; c++) filled.set(rows(c), c * depth);
  const cut = cutWeights(filled, depth);
  return {
    why: `${filter.channels} input channels: a quarter of each row beside the others, two products in one multiply`,
    scratchBytes,
    overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
    work: workOf(p, { values, depth, quarter, cut }),
    constants: [
      {
        name: `${label}_weights`,
        ctype: 'int8_t',
        data: cut?.weights ?? filled,
        comment:
          `${label}: weights [output channel ${output.channels}][column ${filter.width}]` +
          `[channel ${filter.channels}][row ${filter.height}]${depth > taps ? `, filled up to ${depth}` : ''}` +
          (cut ? ', cut down' : ''),
        align: 4,
      },
      ...directConstants(label, constantsOf(p)!, bits),
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
      printStruct(printer, `struct ${at.kernel('crimp_mul32_quarters')} layer`, {
        batch: p.batch,
        input_height: input.height,
        input_row: input.width * filter.channels,
        output_height: output.height,
        output_width: output.width,
        output_channels: output.channels,
        filter_height: filter.height,
        stride_height: stride.height,
        padding_top: p.padding.top,
        stride: stride.width * filter.channels,
        padding: p.padding.left * filter.channels,
        depth,
        quarter,
        third: Math.min(2 * quarter, output.width - quarter),
        fourth: Math.min(3 * quarter, output.width - quarter),
        values,
        input_zero_point: -p.inputOffset,
      });
      const constants = ['weights', 'multiplier', 'rounding'].map((it) => at.constant(`${label}_${it}`));
      printer
        .line()
        .call(at.kernel(`crimp_mul32_${name}`), [
          at.input(0),
          at.output(0),
          ...constants,
          cut ? at.constant(`${label}_excess`) : '0',
          at.scratch('int32_t'),
          '&layer',
        ]);
    },
  };
}

const quarterOf = ({ output }: ConvolutionParameters) => Math.ceil(output.width / 4);

const tapsOf = ({ filter }: ConvolutionParameters) => filter.height * filter.width * filter.channels;

function settle(p: ConvolutionParameters): ConvolutionParameters {
  const taps = tapsOf(p);
  return settled(p, p.output.channels, { start: (c) => c * taps, step: 1, taps });
}

/** From [row][column][channel] to [column][channel][row]. */
function filterOf(p: ConvolutionParameters): Filter {
  const taps = tapsOf(p);
  const across = p.filter.width * p.filter.channels;
  return (c) =>
    Int8Array.from({ length: taps }, (_, k) => {
      const row = k % p.filter.height;
      return Number(p.weights[c * taps + row * across + (k - row) / p.filter.height]);
    });
}

/**
 * Rows of the output, of each the input rows that are new, and for each channel its windows by fours. Values of an
 * input row are packed one by one where a quarter has its padding.
 */
function workOf(
  p: ConvolutionParameters,
  size: { values: number; depth: number; quarter: number; cut: CutWeights | undefined },
): Work {
  const { output, filter, stride } = p;
  const { values, depth, quarter, cut } = size;
  const rows = p.batch * output.height;
  const kept = Math.max(filter.height - stride.height, 0);
  const windows = rows * quarter * output.channels;
  const gathered = p.batch * (filter.height + (output.height - 1) * (filter.height - kept));
  const { begin, end } = tapsInside(p).rows;
  const outside = begin.reduce((n, first, y) => {
    const from = y > 0 ? kept : 0;
    return n + filter.height - from - Math.max(0, end[y]! - Math.max(first, from));
  }, 0);
  const inside = gathered - p.batch * outside;
  const before = p.padding.left * filter.channels;
  const last =
    (p.input.width - Math.min(3 * quarter, output.width - quarter) * stride.width) * filter.channels;
  const together = inside * Math.max(0, Math.min(last + before, values) - before);
  const movedWords = Math.ceil((2 * values * filter.height - 2 * stride.height) / 4);
  return {
    calls: 1,
    gatheredRows: gathered,
    gathered: together,
    gatheredAlone: gathered * values - together,
    moved: kept > 0 ? (rows - p.batch) * movedWords : 0,
    rowChannels: rows * output.channels,
    windows,
    cutWindows: cut ? windows : 0,
    [cut ? 'dotsOfFour' : 'dotsOfTwo']: (windows * depth) / 4,
    excess: cut ? rows * quarter * (cut.excess.length - output.channels) : 0,
  };
}

/** Row after row: the input rows that no row before it had are read, then all of it is written. */
function stretches(p: ConvolutionParameters): Stretch[] {
  const { input, output, filter, stride, padding } = p;
  const rowBytes = input.width * input.channels;
  const list: Stretch[] = [];
  for (let image = 0; image < p.batch; image++) {
    for (let y = 0; y < output.height; y++) {
      const top = y * stride.height - padding.top;
      const first = Math.max(0, y === 0 ? top : Math.max(top, top - stride.height + filter.height));
      const inside = first < Math.min(input.height, top + filter.height);
      list.push({
        firstRead: inside ? (image * input.height + first) * rowBytes : Number.POSITIVE_INFINITY,
        writeEnd: (image * output.height + y + 1) * output.width * output.channels,
      });
    }
  }
  return list;
}
