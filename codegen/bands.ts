/**
 * Depthwise kernels that go channel by channel in bands of output rows: a channel's input rows of a band are gathered, then its
 * outputs of the band written. How the output may lie over the input for that, and how high the bands are.
 */
import type { Image } from '../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../src/ops/depthwise_conv_2d.js';
import type { Overlap } from './layer.js';
import { leadOfStretches, type Stretch } from './lead.js';

/** What the choice hangs on. */
export interface Bands {
  /** Of scratch, for the rows gathered of a band. */
  readonly planeBytes: number;
  readonly overlap: Overlap;
}

/**
 * When the output starts where the input does, a channel's outputs lie where none but its own inputs were: with bands whose
 * outputs end before the next one's inputs begin, that is all it takes.
 *
 * @param band output rows
 * @param together channels that are gathered before either is written
 */
export function bandOverlap(p: DepthwiseConv2dParameters, band: number, together = 1): Overlap {
  const one = (image: Image) => ({ ...image, channels: 1 });
  const ofOneChannel = { ...p, input: one(p.input), output: one(p.output) };
  return leadOfStretches(stretches(ofOneChannel, band, together)) === 0
    ? { input: 0, lead: 0, exact: true }
    : { input: 0, lead: leadOfStretches(stretches(p, band, together)) };
}

/**
 * The fewest bands that fit; low bands gather more rows than high ones. Where any would do, they are worth no more memory than
 * usual ones and their lead together.
 *
 * @param choices from the whole image downwards
 * @param isUsual whether bands are low enough where there are several
 * @param fits in that scratch; `smallest` are the bands of least memory
 */
export function chooseBands<B extends Bands>(
  choices: readonly B[],
  scratchBytes: number,
  isUsual: (bands: B) => boolean,
  fits = ({ planeBytes }: B, _smallest: B) => planeBytes <= scratchBytes,
): B {
  const smallest = choices.reduce((a, b) => (memoryOf(b) < memoryOf(a) ? b : a));
  if (scratchBytes === Number.POSITIVE_INFINITY) {
    const [whole] = choices;
    const several = choices.find(isUsual)!;
    return memoryOf(whole!) <= memoryOf(several) ? whole! : several;
  }
  return choices.find((bands) => fits(bands, smallest)) ?? smallest;
}

/** Bytes of the planes, and of the arena that the output needs in front of the input. */
export function memoryOf({ planeBytes, overlap }: Bands): number {
  return planeBytes + overlap.lead;
}

function stretches(p: DepthwiseConv2dParameters, band: number, together: number): Stretch[] {
  const { input, output, stride, padding } = p;
  const channels = output.channels;
  const list: Stretch[] = [];
  for (let image = 0; image < p.batch; image++) {
    for (let top = 0; top < output.height; top += band) {
      const row = image * input.height + Math.max(0, top * stride.height - padding.top);
      const end = (image * output.height + Math.min(top + band, output.height)) * output.width;
      for (let c = 0; c < channels; c += together) {
        list.push({
          firstRead: row * input.width * channels + c,
          writeEnd: (end - 1) * channels + Math.min(c + together, channels),
        });
      }
    }
  }
  return list;
}
