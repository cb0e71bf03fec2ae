/** The portable kernels of CONV_2D and DEPTHWISE_CONV_2D with packed weights: conv_2d_s8_packed.c and its siblings. */
import { elementBytes } from '../../../src/graph/access.js';
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { windowWork } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer } from '../../layer.js';
import { firstPixelRead, type Grouping, leadOfStretches, type Stretch } from '../../lead.js';
import { packWeights, tokensOf } from '../../packed_weights.js';
import { shapeFields } from './convolution.js';
import {
  type PackedVariant,
  packedLayerConstants,
  packedVariantOf,
  packedVariants,
  printPackedCall,
} from './packed.js';
import { printStruct } from './weighted.js';

export const portableConv2dPacked: readonly Kernel<Conv2dParameters>[] = packedVariants.map((variant) => ({
  capability: 'portable',
  name: `conv_2d_${variant}_packed`,
  packed: true,
  accepts: (p) => packedVariantOf(p) === variant,
  lower: (p, { label }) =>
    lower(p, variant, label, {
      filterChannels: p.filter.channels,
      groupOutputs: p.output.channels / p.groups,
    }),
}));

/** A convolution with a group for each input channel, its weights laid out like those of CONV_2D. */
export const portableDepthwiseConv2dPacked: readonly Kernel<DepthwiseConv2dParameters>[] = packedVariants.map(
  (variant) => ({
    capability: 'portable',
    name: `conv_2d_${variant}_packed`,
    packed: true,
    accepts: (p) => packedVariantOf(p) === variant,
    lower: (p, { label }) =>
      lower(channelsFirst(p), variant, label, { filterChannels: 1, groupOutputs: p.depthMultiplier }),
  }),
);

/** [row][column][output channel] → [output channel][row][column][1] */
export function channelsFirst(p: DepthwiseConv2dParameters): ConvolutionParameters {
  const outputs = p.output.channels;
  const taps = p.filter.height * p.filter.width;
  const weights = new Int8Array(outputs * taps);
  for (let i = 0; i < weights.length; i++) {
    weights[(i % outputs) * taps + Math.floor(i / outputs)] = Number(p.weights[i]);
  }
  return { ...p, weights, filter: { ...p.filter, channels: 1 } };
}

function lower(
  p: ConvolutionParameters,
  variant: PackedVariant,
  label: string,
  grouping: Grouping,
): Omit<Layer, 'op' | 'kernel'> {
  const { output, filter } = p;
  const row = filter.height * filter.width * filter.channels;
  const packed = packWeights(p.weights as Int8Array, row);
  const layout =
    `[output channel ${output.channels}][row ${filter.height}]` +
    `[column ${filter.width}][channel ${filter.channels}]`;
  return {
    scratchBytes: row,
    overlaps: [{ input: 0, lead: leadOfStretches(rowStretches(p, grouping)) * elementBytes(p.dtype) }],
    constants: packedLayerConstants(p, packed, label, layout),
    // A channel's weights are unpacked for each row of outputs.
    work: {
      ...windowWork(p, output.channels, filter.channels),
      channels: p.batch * output.height * output.channels,
      unpacked: p.batch * output.height * p.weights.length,
      tokens: p.batch * output.height * tokensOf(packed),
    },
    sources: [`portable/conv_2d_${variant}_packed.c`],
    emit(printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_convolution')} shape`, shapeFields(p, grouping));
      const kernel = `crimp_conv_2d_${variant}_packed`;
      printPackedCall(printer, at, p, packed, label, kernel, [at.scratch('int8_t')]);
    },
  };
}

/** Row after row, channel after channel, and only then pixel after pixel, each written after its window is read. */
export function rowStretches(
  p: ConvolutionParameters,
  { filterChannels, groupOutputs }: Grouping,
): Stretch[] {
  const { input, output } = p;
  const firstRead = firstPixelRead(p);
  const list: Stretch[] = [];
  for (let row = 0; row < p.batch * output.height; row++) {
    for (let c = 0; c < output.channels; c++) {
      const first = Math.floor(c / groupOutputs) * filterChannels;
      for (let pixel = row * output.width; pixel < (row + 1) * output.width; pixel++) {
        list.push({
          firstRead: firstRead(pixel) * input.channels + first,
          writeEnd: pixel * output.channels + c + 1,
        });
      }
    }
  }
  return list;
}
