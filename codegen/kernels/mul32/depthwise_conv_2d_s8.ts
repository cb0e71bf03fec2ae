/** DEPTHWISE_CONV_2D for cores with a 32-bit multiplier and no SIMD: depthwise_conv_2d_s8.c. */
import type { Image } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext, Overlap } from '../../layer.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { type PackedWeights, packedConstants, packWeights, tokensOf } from '../../packed_weights.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { printPacking, unpackedInt8 } from '../portable/packed.js';
import { printLayer, scaleConstants } from './layer.js';
import { type Filter, foldedBias, isInt8, pairsFit, sumsFit } from './proof.js';
import { rescaleConstants, rescaleFields, rescaleOf } from './rescale.js';
import { settled } from './settled.js';

/** Half the output rows of a band when there are several: higher bands gather less, but overlap less too. */
const halfRows = 7;

/** crimp_mul32_lower: sums of either half that wait for requantization. */
const pendingSums = 30;

export const mul32DepthwiseConv2d: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'depthwise_conv_2d_s8',
  accepts(given) {
    if (given.depthMultiplier !== 1 || !isInt8(given)) return false;
    const p = settle(given);
    const filter = filterOf(p);
    return pairsFit(filter, p.output.channels) && sumsFit(p, filter, p.output.channels);
  },
  lower: (p, context) => lower(settle(p), context, false),
};

export const mul32DepthwiseConv2dPacked: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'depthwise_conv_2d_s8_packed',
  packed: true,
  accepts: (p) => mul32DepthwiseConv2d.accepts(unpackedInt8(p)),
  lower: (p, context) => lower(settle(p), context, true),
};

function settle(p: DepthwiseConv2dParameters): DepthwiseConv2dParameters {
  const { channels } = p.output;
  return settled(p, channels, {
    start: (c) => c,
    step: channels,
    taps: p.filter.height * p.filter.width,
  });
}

function lower(
  p: DepthwiseConv2dParameters,
  { label, scratchBytes }: LowerContext,
  pack: boolean,
): Omit<Layer, 'op' | 'kernel'> {
  const { input, output, filter, stride, dilation } = p;
  const channels = output.channels;
  const taps = filter.height * filter.width;
  const { half, planeHeight, planeWidth, planeBytes, overlap } = bandsOf(p, scratchBytes - (pack ? taps : 0));
  const { weights } = channelsFirst(p) as { readonly weights: Int8Array };
  const packed = pack ? packWeights(weights, taps) : undefined;
  const layout = `[channel ${channels}][row ${filter.height}][column ${filter.width}]`;
  const bias = foldedBias(p, filterOf(p), channels);
  const rescale = rescaleOf(p, filterOf(p), channels);
  const name = packed ? 'depthwise_conv_2d_s8_packed' : 'depthwise_conv_2d_s8';
  return {
    why: `two products in one multiply, bands of ${2 * half} rows`,
    scratchBytes: planeBytes + (packed ? taps : 0),
    overlaps: [overlap],
    work: workOf(p, { half, planeHeight, planeWidth }, rescale !== undefined, packed),
    constants: [
      ...(packed
        ? packedConstants(packed, label, layout)
        : [
            {
              name: `${label}_weights`,
              ctype: 'int8_t' as const,
              data: weights,
              comment: `${label}: weights ${layout}`,
              align: 4,
            },
          ]),
      ...(rescale ? rescaleConstants(p, label, bias, rescale) : scaleConstants(p, label, bias)),
    ],
    sources: [`mul32/${name}.c`],
    emit(printer, at) {
      const kernel = {
        name: `crimp_mul32_${name}`,
        struct: 'crimp_mul32_depthwise',
        scratch: true,
        packed: pack,
        more: [rescale && 'limit'],
      };
      const shape = {
        batch: p.batch,
        input_height: input.height,
        input_width: input.width,
        channels,
        output_height: output.height,
        output_width: output.width,
        filter_height: filter.height,
        filter_width: filter.width,
        stride_height: stride.height,
        stride_width: stride.width,
        dilation_height: dilation.height,
        dilation_width: dilation.width,
        padding_top: p.padding.top,
        padding_left: p.padding.left,
        half,
        plane_height: planeHeight,
        plane_width: planeWidth,
        block_rows: Math.max(1, Math.floor(pendingSums / output.width)),
        block_columns: Math.min(pendingSums, output.width),
        input_zero_point: -p.inputOffset,
        ...rescaleFields(rescale),
      };
      if (packed) printPacking(printer, at, packed);
      printLayer(printer, at, p, label, kernel, shape, channels);
    },
  };
}

/** Of each channel of each band the plane is gathered, then its blocks of windows are computed, two rows at once. */
function workOf(
  p: DepthwiseConv2dParameters,
  { half, planeHeight, planeWidth }: Pick<Bands, 'half' | 'planeHeight' | 'planeWidth'>,
  rescaled: boolean,
  packed: PackedWeights | undefined,
): Work {
  const { output, filter, stride, dilation } = p;
  const planes = p.batch * Math.ceil(output.height / (2 * half)) * output.channels;
  const blockRows = Math.max(1, Math.floor(pendingSums / output.width));
  const blocks = Math.ceil(half / blockRows) * Math.ceil(output.width / pendingSums);
  const windows = planes * half * output.width;
  const usual = filter.height === 3 && filter.width === 3 && dilation.height === 1 && dilation.width === 1;
  const kind = usual && stride.width <= 2 ? `windowsOf9By${stride.width}` : 'windows';
  return {
    calls: 1,
    planes,
    planeRows: planes * planeHeight,
    planeWords: planes * planeHeight * Math.min(planeWidth, p.input.width),
    blocks: planes * blocks,
    blockRows: planes * half,
    [kind]: windows,
    taps: kind === 'windows' ? windows * filter.height * filter.width : 0,
    [rescaled ? 'rescaled' : 'requantized']: p.batch * output.height * output.width * output.channels,
    tokens: packed ? (planes / output.channels) * tokensOf(packed) : 0,
  };
}

interface Bands {
  readonly half: number;
  readonly planeHeight: number;
  readonly planeWidth: number;
  readonly planeBytes: number;
  readonly overlap: Overlap;
}

/**
 * The image in bands of twice `half` rows. When the output starts where the input does, a channel's outputs lie where none but
 * its own inputs were: with bands whose outputs end before the next one's inputs begin, that is all it takes.
 */
function inBands(p: DepthwiseConv2dParameters, half: number): Bands {
  const { input, output, filter, stride, dilation } = p;
  const planeHeight = (half - 1) * stride.height + (filter.height - 1) * dilation.height + 1;
  const planeWidth = (output.width - 1) * stride.width + (filter.width - 1) * dilation.width + 1;
  const one = (image: Image) => ({ ...image, channels: 1 });
  const ofOneChannel = { ...p, input: one(input), output: one(output) };
  const inPlace = leadOfStretches(stretches(ofOneChannel, 2 * half)) === 0;
  return {
    half,
    planeHeight,
    planeWidth,
    // Windows are computed in pairs: the last of an odd number of them reads that far beyond the plane.
    planeBytes: 4 * (planeHeight * planeWidth + (output.width % 2 === 1 ? stride.width : 0)),
    overlap: inPlace
      ? { input: 0, lead: 0, exact: true }
      : { input: 0, lead: leadOfStretches(stretches(p, 2 * half)) },
  };
}

/**
 * The fewest bands whose plane fits; low bands gather more rows than high ones. Where any plane would do, it is worth
 * no more memory than that of lower bands and their lead together.
 */
function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
  const most = Math.ceil(p.output.height / 2);
  const halves = new Set(Array.from({ length: most }, (_, i) => Math.ceil(p.output.height / (2 * (i + 1)))));
  const choices = [...halves].map((half) => inBands(p, half));
  const memory = ({ planeBytes, overlap }: Bands) => planeBytes + overlap.lead;
  const smallest = choices.reduce((a, b) => (memory(b) < memory(a) ? b : a));
  if (scratchBytes === Number.POSITIVE_INFINITY) {
    const [whole] = choices;
    const several = choices.find(({ half }) => half <= halfRows)!;
    return memory(whole!) <= memory(several) ? whole! : several;
  }
  return choices.find(({ planeBytes }) => planeBytes <= scratchBytes) ?? smallest;
}

/** The weights are [row][column][channel]. */
function filterOf(p: DepthwiseConv2dParameters): Filter {
  const channels = p.output.channels;
  const taps = p.filter.height * p.filter.width;
  return (c) => Int8Array.from({ length: taps }, (_, k) => Number(p.weights[k * channels + c]));
}

/** Band after band, and in each channel after channel: a channel's rows are gathered, then its outputs written. */
function stretches(p: DepthwiseConv2dParameters, band: number): Stretch[] {
  const { input, output, stride, padding } = p;
  const channels = output.channels;
  const list: Stretch[] = [];
  for (let image = 0; image < p.batch; image++) {
    for (let top = 0; top < output.height; top += band) {
      const row = image * input.height + Math.max(0, top * stride.height - padding.top);
      const end = (image * output.height + Math.min(top + band, output.height)) * output.width;
      for (let c = 0; c < channels; c++) {
        list.push({
          firstRead: row * input.width * channels + c,
          writeEnd: (end - 1) * channels + c + 1,
        });
      }
    }
  }
  return list;
}
