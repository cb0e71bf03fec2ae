/** DEPTHWISE_CONV_2D for cores with a 32-bit multiplier and no SIMD: depthwise_conv_2d_s8.c. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext } from '../../layer.js';
import { type PackedWeights, packedConstants, packWeights, tokensOf } from '../../packed_weights.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { printPacking, unpackedInt8 } from '../portable/packed.js';
import {
  type Bands,
  bandsOf,
  depthwiseFilter,
  planeFields,
  planesOf,
  planeWork,
  settledDepthwise,
} from './depthwise_bands.js';
import { printLayer, scaleConstants } from './layer.js';
import { foldedBias, isInt8, pairsFit, sumsFit } from './proof.js';
import { rescaleConstants, rescaleFields, rescaleOf } from './rescale.js';

/** crimp_mul32_lower: sums of either half that wait for requantization. */
const pendingSums = 30;

export const mul32DepthwiseConv2d: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'depthwise_conv_2d_s8',
  accepts(given) {
    if (given.depthMultiplier !== 1 || !isInt8(given)) return false;
    const p = settledDepthwise(given);
    const filter = depthwiseFilter(p);
    return pairsFit(filter, p.output.channels) && sumsFit(p, filter, p.output.channels);
  },
  lower: (p, context) => lower(settledDepthwise(p), context, false),
};

export const mul32DepthwiseConv2dPacked: Kernel<DepthwiseConv2dParameters> = {
  capability: 'mul32',
  name: 'depthwise_conv_2d_s8_packed',
  packed: true,
  accepts: (p) => mul32DepthwiseConv2d.accepts(unpackedInt8(p)),
  lower: (p, context) => lower(settledDepthwise(p), context, true),
};

function lower(
  p: DepthwiseConv2dParameters,
  { label, scratchBytes }: LowerContext,
  pack: boolean,
): Omit<Layer, 'op' | 'kernel'> {
  const { output, filter, stride, dilation } = p;
  const channels = output.channels;
  const taps = filter.height * filter.width;
  const bands = bandsOf(p, scratchBytes - (pack ? taps : 0));
  const { half, planeBytes, overlap } = bands;
  const { weights } = channelsFirst(p) as { readonly weights: Int8Array };
  const packed = pack ? packWeights(weights, taps) : undefined;
  const layout = `[channel ${channels}][row ${filter.height}][column ${filter.width}]`;
  const bias = foldedBias(p, depthwiseFilter(p), channels);
  const rescale = rescaleOf(p, depthwiseFilter(p), channels);
  const name = packed ? 'depthwise_conv_2d_s8_packed' : 'depthwise_conv_2d_s8';
  return {
    why: `two products in one multiply, bands of ${2 * half} rows`,
    scratchBytes: planeBytes + (packed ? taps : 0),
    overlaps: [overlap],
    work: workOf(p, bands, rescale !== undefined, packed),
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
        output_height: output.height,
        output_width: output.width,
        filter_height: filter.height,
        filter_width: filter.width,
        stride_width: stride.width,
        dilation_height: dilation.height,
        dilation_width: dilation.width,
        padding_top: p.padding.top,
        block_rows: Math.max(1, Math.floor(pendingSums / output.width)),
        block_columns: Math.min(pendingSums, output.width),
        ...planeFields(p, bands),
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
  bands: Bands,
  rescaled: boolean,
  packed: PackedWeights | undefined,
): Work {
  const { output, filter, stride, dilation } = p;
  const { half } = bands;
  const planes = planesOf(p, bands);
  const blockRows = Math.max(1, Math.floor(pendingSums / output.width));
  const blocks = Math.ceil(half / blockRows) * Math.ceil(output.width / pendingSums);
  const windows = planes * half * output.width;
  const usual = filter.height === 3 && filter.width === 3 && dilation.height === 1 && dilation.width === 1;
  const kind = usual && stride.width <= 2 ? `windowsOf9By${stride.width}` : 'windows';
  return {
    ...planeWork(p, bands),
    blocks: planes * blocks,
    blockRows: planes * half,
    [kind]: windows,
    taps: kind === 'windows' ? windows * filter.height * filter.width : 0,
    [rescaled ? 'rescaled' : 'requantized']: p.batch * output.height * output.width * output.channels,
    tokens: packed ? (planes / output.channels) * tokensOf(packed) : 0,
  };
}
