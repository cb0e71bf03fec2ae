/** DEPTHWISE_CONV_2D for cores with Arm's DSP extension: depthwise_conv_2d_s8.c. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { type Bands as AnyBands, bandOverlap, chooseBands, memoryOf } from '../../bands.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext } from '../../layer.js';
import { type Filter, isInt8 } from '../mul32/proof.js';
import { settled } from '../mul32/settled.js';
import { printStruct } from '../portable/weighted.js';
import { type Channel, fraction, requantizedChannels } from './requantize.js';

/** Rows and columns of the filter. */
const side = 3;

/** Output rows of a band when there are several: higher bands gather less, but overlap less too. */
const usualBand = 12;

export const dspDepthwiseConv2d: Kernel<DepthwiseConv2dParameters> = {
  capability: 'dsp',
  name: 'depthwise_conv_2d_s8',
  accepts(p) {
    const { filter, dilation, stride } = p;
    const usual = filter.height === side && filter.width === side && dilation.height * dilation.width === 1;
    const strided = stride.height === stride.width && stride.height <= 2;
    return p.depthMultiplier === 1 && isInt8(p) && usual && strided && prepare(p) !== undefined;
  },
  lower,
};

interface Prepared {
  readonly filter: Filter;
  readonly channels: readonly Channel[];
}

/** The weights are [row][column][channel]. */
function prepare(given: DepthwiseConv2dParameters): Prepared | undefined {
  const count = given.output.channels;
  const taps = side * side;
  const p = settled(given, count, { start: (c) => c, step: count, taps });
  const filter: Filter = (c) => Int8Array.from({ length: taps }, (_, k) => Number(p.weights[k * count + c]));
  const channels = requantizedChannels(p, filter, count);
  return channels && { filter, channels };
}

function lower(
  p: DepthwiseConv2dParameters,
  { label, scratchBytes }: LowerContext,
): Omit<Layer, 'op' | 'kernel'> {
  const { filter, channels } = prepare(p)!;
  const { band, planeRows, planeWidth, planeBytes, overlap } = bandsOf(p, scratchBytes);
  const isSigned = channels[0]!.form.signed !== undefined;
  const stream = channels.map((channel, c) => [...scaleOf(channel), ...weightsOf(filter(c))]);
  return {
    why: `two rows of the filter in one multiply, bands of ${band} rows`,
    scratchBytes: planeBytes,
    overlaps: [overlap],
    work: workOf(p, { band, planeRows, planeWidth }, isSigned),
    constants: [
      {
        name: `${label}_channels`,
        ctype: 'int32_t',
        data: Int32Array.from(stream.flat()),
        comment: `${label}: of each channel ${stream[0]!.length - side} words of constants, and of each column weights of rows 0, 1, 1, 2`,
        align: 4,
      },
    ],
    sources: ['dsp/depthwise_conv_2d_s8.c'],
    emit(printer, at) {
      const zeroPoint = -p.inputOffset & 0xffff;
      printStruct(printer, `struct ${at.kernel('crimp_dsp_depthwise')} layer`, {
        batch: p.batch,
        input_height: p.input.height,
        input_width: p.input.width,
        channels: p.output.channels,
        output_height: p.output.height,
        output_width: p.output.width,
        stride: p.stride.height,
        padding_top: p.padding.top,
        padding_left: p.padding.left,
        band,
        plane_rows: planeRows,
        plane_width: planeWidth,
        zero_points: zeroPoint | (zeroPoint << 16),
        is_signed: isSigned ? 1 : 0,
        min: p.activation.min,
        max: p.activation.max,
      });
      const constant = at.constant(`${label}_channels`);
      const args = [at.input(0), at.output(0), constant, at.scratch('int32_t'), '&layer'];
      printer.line().call(at.kernel('crimp_dsp_depthwise_conv_2d_s8'), args);
    },
  };
}

/** What the sums start from, multiplier, shift, and of a signed layer `rounding` and `below`. */
function scaleOf({ bias, form }: Channel): number[] {
  const { signed } = form;
  return [
    (fraction * bias + form.added) | 0,
    form.multiplier,
    form.shift,
    ...(signed ? [signed.rounding, signed.below] : []),
  ];
}

/** A word a column. */
function weightsOf(filter: Int8Array): number[] {
  return Array.from({ length: side }, (_, column) => {
    const row = (r: number) => filter[r * side + column]! & 0xff;
    return row(0) | (row(1) << 8) | (row(1) << 16) | (row(2) << 24);
  });
}

/** Of each two channels of each band the planes are gathered, then the windows of either one are computed. */
function workOf(
  p: DepthwiseConv2dParameters,
  { band, planeRows, planeWidth }: Pick<Bands, 'band' | 'planeRows' | 'planeWidth'>,
  isSigned: boolean,
): Work {
  const { input, output, stride } = p;
  const bands = p.batch * Math.ceil(output.height / band);
  const pairs = bands * Math.ceil(output.channels / 2);
  const rows = p.batch * (stride.height === 1 ? Math.ceil(output.height / 2) : output.height);
  const windows = rows * output.width * output.channels;
  const kind = `${stride.height === 1 ? 'pairsOf' : 'single'}${isSigned ? 'Signed' : ''}Windows`;
  return {
    calls: 1,
    channels: bands * output.channels,
    planeRows: pairs * planeRows,
    planeWords: pairs * planeRows * Math.min(planeWidth, input.width),
    rows: rows * output.channels,
    [kind]: windows,
  };
}

interface Bands extends AnyBands {
  readonly band: number;
  readonly planeRows: number;
  readonly planeWidth: number;
}

/** The image in bands of so many output rows; two channels have a plane each. */
function inBands(p: DepthwiseConv2dParameters, band: number): Bands {
  const { output, stride } = p;
  // Of a stride of 1 a row of words serves two output rows, and the one below it their filters' third rows.
  const planeRows = (stride.height === 1 ? Math.ceil(band / 2) : band) + 1;
  const planeWidth = (output.width - 1) * stride.width + side;
  return {
    band,
    planeRows,
    planeWidth,
    planeBytes: 2 * 4 * planeRows * planeWidth,
    overlap: bandOverlap(p, band, 2),
  };
}

function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
  const rows = p.output.height;
  const even = (n: number) => (p.stride.height === 1 ? n + (n % 2) : n);
  const heights = new Set(Array.from({ length: rows }, (_, i) => even(Math.ceil(rows / (i + 1)))));
  const choices = [...heights].map((band) => inBands(p, band));
  // What the output lies further in front of the input takes of the same memory.
  const fits = (bands: Bands, smallest: Bands) => memoryOf(bands) - smallest.overlap.lead <= scratchBytes;
  return chooseBands(choices, scratchBytes, ({ band }) => band <= usualBand, fits);
}
