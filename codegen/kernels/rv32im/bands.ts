/** In what bands depthwise_conv_2d_s8.c walks an image, and how its output may lie over its input for it. */
import type { Image } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Overlap } from '../../layer.js';
import { leadOfStretches, type Stretch } from '../../lead.js';

/** Output rows of a band when there are several: higher bands gather less, but overlap less too. */
const usualBand = 12;

export interface Bands {
  readonly band: number;
  readonly planeHeight: number;
  readonly planeWidth: number;
  readonly planeBytes: number;
  readonly overlap: Overlap;
}

/**
 * When the output starts where the input does, a channel's outputs lie where none but its own inputs were: with bands whose
 * outputs end before the next one's inputs begin, that is all it takes.
 */
function inBands(p: DepthwiseConv2dParameters, band: number): Bands {
  const { input, output, filter, stride } = p;
  const planeHeight = (band - 1) * stride.height + filter.height;
  const planeWidth = (output.width - 1) * stride.width + filter.width;
  const one = (image: Image) => ({ ...image, channels: 1 });
  const ofOneChannel = { ...p, input: one(input), output: one(output) };
  const inPlace = leadOfStretches(stretches(ofOneChannel, band)) === 0;
  return {
    band,
    planeHeight,
    planeWidth,
    planeBytes: planeHeight * planeWidth,
    overlap: inPlace
      ? { input: 0, lead: 0, exact: true }
      : { input: 0, lead: leadOfStretches(stretches(p, band)) },
  };
}

/**
 * The fewest bands whose plane fits; low bands gather more rows than high ones. Where any plane would do, it is worth
 * no more memory than that of lower bands and their lead together.
 */
export function bandsOf(p: DepthwiseConv2dParameters, scratchBytes: number): Bands {
  const { height } = p.output;
  const heights = new Set(Array.from({ length: height }, (_, i) => Math.ceil(height / (i + 1))));
  const choices = [...heights].map((band) => inBands(p, band));
  const memory = ({ planeBytes, overlap }: Bands) => planeBytes + overlap.lead;
  const smallest = choices.reduce((a, b) => (memory(b) < memory(a) ? b : a));
  if (scratchBytes === Number.POSITIVE_INFINITY) {
    const [whole] = choices;
    const several = choices.find(({ band }) => band <= usualBand)!;
    return memory(whole!) <= memory(several) ? whole! : several;
  }
  return choices.find(({ planeBytes }) => planeBytes <= scratchBytes) ?? smallest;
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
