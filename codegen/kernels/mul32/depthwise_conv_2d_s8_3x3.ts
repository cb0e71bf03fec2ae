/** DEPTHWISE_CONV_2D with windows of 3 x 3 behind which a ReLU stands: depthwise_conv_2d_s8_3x3.c. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { printStruct } from '../portable/weighted.js';
import {
  type Bands,
  bandsOf,
  depthwiseFilter,
  planeFields,
  planesOf,
  planeWork,
  settledDepthwise,
} from './depthwise_bands.js';
import { mul32DepthwiseConv2d } from './depthwise_conv_2d_s8.js';
import { directConstants, directOf } from './direct.js';
import type { Filter } from './proof.js';

export const mul32DepthwiseConv2d3x3: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'depthwise_conv_2d_s8_3x3',
  accepts(p) {
    const { filter, stride, dilation } = p;
    const fits = filter.height === 3 && filter.width === 3 && stride.width <= 2;
    if (!fits || dilation.height > 1 || dilation.width > 1 || !mul32DepthwiseConv2d.accepts(p)) return false;
    return constantsOf(settledDepthwise(p)) !== undefined;
  },
  lower(given, { label, scratchBytes }) {
    const p = settledDepthwise(given);
    const { output } = p;
    const bands = bandsOf(p, scratchBytes);
    const filter = depthwiseFilter(p);
    const narrow = (c: number) => !rowsFit(filter, c);
    return {
      why: `3x3: two products in one multiply, bands of ${2 * bands.half} rows`,
      scratchBytes: bands.planeBytes,
      overlaps: [bands.overlap],
      work: workOf(p, bands, narrow),
      constants: [
        {
          name: `${label}_weights`,
          ctype: 'int8_t',
          data: channelsFirst(p).weights,
          comment: `${label}: weights [channel ${output.channels}][row 3][column 3]`,
          align: 4,
        },
        ...directConstants(label, constantsOf(p)!, bits, narrow),
      ],
      sources: ['mul32/depthwise_conv_2d_s8_3x3.c'],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_mul32_depthwise_3x3')} layer`, {
          batch: p.batch,
          output_height: output.height,
          output_width: output.width,
          padding_top: p.padding.top,
          ...planeFields(p, bands),
        });
        const constants = ['weights', 'multiplier', 'rounding'].map((name) =>
          at.constant(`${label}_${name}`),
        );
        printer
          .line()
          .call(at.kernel('crimp_mul32_depthwise_conv_2d_s8_3x3'), [
            at.input(0),
            at.output(0),
            ...constants,
            at.scratch('int32_t'),
            `${p.stride.width}`,
            '&layer',
          ]);
      },
    };
  },
};

/** Two rows at once, in each of them windows by twos and perhaps one that is left. */
function workOf(p: DepthwiseConv2dParameters, bands: Bands, narrow: (channel: number) => boolean): Work {
  const { width, channels } = p.output;
  const rows = planesOf(p, bands) * bands.half;
  const narrowChannels = Array.from({ length: channels }, (_, c) => narrow(c)).filter(Boolean).length;
  return {
    ...planeWork(p, bands),
    rows,
    [`pairsBy${p.stride.width}`]: rows * Math.floor(width / 2),
    narrowPairs: (rows / channels) * narrowChannels * Math.floor(width / 2),
    singles: rows * (width % 2),
  };
}

const bits = { point: 18, fine: 14, dropped: 0 };

const constantsOf = (p: DepthwiseConv2dParameters) =>
  directOf(p, depthwiseFilter(p), p.output.channels, bits);

/** Lanes of 16 bits hold a row of the window: Σ |w| · 128 < 2^15. */
function rowsFit(filter: Filter, channel: number): boolean {
  const weights = filter(channel).map(Math.abs);
  return [0, 3, 6].every((k) => weights[k]! + weights[k + 1]! + weights[k + 2]! <= 255);
}
