/** The bands of output rows in which depthwise convolutions work, and their planes: depthwise_plane.c. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { type Bands as AnyBands, bandOverlap, chooseBands } from '../../bands.js';
import type { Work } from '../../cost/work.js';
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

export interface Bands extends AnyBands {
  readonly half: number;
  readonly planeHeight: number;
  readonly planeWidth: number;
}

/** The image in bands of twice `half` rows. */
function inBands(p: DepthwiseConv2dParameters, half: number): Bands {
  const { output, filter, stride, dilation } = p;
  const planeHeight = (half - 1) * stride.height + (filter.height - 1) * dilation.height + 1;
  const planeWidth = (output.width - 1) * stride.width + (filter.width - 1) * dilation.width + 1;
  return {
    half,
    planeHeight,
    planeWidth,
    // Windows are computed in pairs: the last of an odd number of them reads that far beyond the plane.
    planeBytes: 4 * (planeHeight * planeWidth + (output.width % 2 === 1 ? stride.width : 0)),
    overlap: bandOverlap(p, 2 * half),
  };
}

export function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
  const most = Math.ceil(p.output.height / 2);
  const halves = new Set(Array.from({ length: most }, (_, i) => Math.ceil(p.output.height / (2 * (i + 1)))));
  const choices = [...halves].map((half) => inBands(p, half));
  return chooseBands(choices, scratchBytes, ({ half }) => half <= halfRows);
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
