/** In what bands depthwise_conv_2d_s8.c walks an image. */
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { type Bands as AnyBands, bandOverlap, chooseBands } from '../../bands.js';

/** Output rows of a band when there are several: higher bands gather less, but overlap less too. */
const usualBand = 12;

export interface Bands extends AnyBands {
  readonly band: number;
  readonly planeHeight: number;
  readonly planeWidth: number;
}

function inBands(p: DepthwiseConv2dParameters, band: number): Bands {
  const { output, filter, stride } = p;
  const planeHeight = (band - 1) * stride.height + filter.height;
  const planeWidth = (output.width - 1) * stride.width + filter.width;
  return {
    band,
    planeHeight,
    planeWidth,
    planeBytes: planeHeight * planeWidth,
    overlap: bandOverlap(p, band),
  };
}

export function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
  const { height } = p.output;
  const heights = new Set(Array.from({ length: height }, (_, i) => Math.ceil(height / (i + 1))));
  const choices = [...heights].map((band) => inBands(p, band));
  return chooseBands(choices, scratchBytes, ({ band }) => band <= usualBand);
}
