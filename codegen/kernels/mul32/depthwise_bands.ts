/** The bands of output rows in which depthwise convolutions work, and their planes: depthwise_plane.c. */
import type { Image } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Work } from '../../cost/work.js';
import type { Overlap } from '../../layer.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import type { Filter } from './proof.js';
import { settled } from './settled.js';

/** Half the output rows of a band when there are several: higher bands gather less, but overlap less too. */
const halfRows = 7;

/** Without channels of one value. */
export function settledDepthwise(p: DepthwiseConv2dParameters): DepthwiseConv2dParameters {
  const { channels } = p.output;
  return settled(p, channels, {
    start: (c) => c,
    step: channels,
    taps: p.filter.height * p.filter.width,
  });
}

/** The weights are [row][column][channel]. */
export function depthwiseFilter(p: DepthwiseConv2dParameters): Filter {
  const channels = p.output.channels;
  const taps = p.filter.height * p.filter.width;
  return (c) => Int8Array.from({ length: taps }, (_, k) => Number(p.weights[k * channels + c]));
}

export interface Bands {
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
export function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
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

/** How often a plane is gathered: for each channel of each band. */
export function planesOf({ batch, output }: DepthwiseConv2dParameters, { half }: Bands): number {
  return batch * Math.ceil(output.height / (2 * half)) * output.channels;
}

/** What gathering takes. */
export function planeWork(p: DepthwiseConv2dParameters, bands: Bands): Work {
  const planes = planesOf(p, bands);
  const { planeHeight, planeWidth } = bands;
  return {
    calls: 1,
    planes,
    planeRows: planes * planeHeight,
    planeWords: planes * planeHeight * Math.min(planeWidth, p.input.width),
  };
}

/** Fields of struct crimp_mul32_plane. */
export function planeFields(p: DepthwiseConv2dParameters, bands: Bands): Record<string, number> {
  return {
    'plane.input_height': p.input.height,
    'plane.input_width': p.input.width,
    'plane.channels': p.output.channels,
    'plane.stride_height': p.stride.height,
    'plane.padding_left': p.padding.left,
    'plane.half': bands.half,
    'plane.height': bands.planeHeight,
    'plane.width': bands.planeWidth,
    'plane.input_zero_point': -p.inputOffset,
  };
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
