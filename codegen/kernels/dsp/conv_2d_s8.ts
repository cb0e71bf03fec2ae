/** CONV_2D for cores with Arm's DSP extension: conv_2d_s8.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { ConvolutionParameters } from '../../../src/ops/convolution.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import type { Layer, LowerContext } from '../../layer.js';
import { evenTiles, leadOfStretches, tileStretches } from '../../lead.js';
import { type Filter, isInt8 } from '../mul32/proof.js';
import { settled } from '../mul32/settled.js';
import { channelsFirst } from '../portable/conv_2d_packed.js';
import { shapeFields } from '../portable/convolution.js';
import { printStruct } from '../portable/weighted.js';
import { pairOf, pairsOf, type Step, stepsOfRun, wordsFit, wordsOf } from './pairs.js';
import { type Channel, requantizedChannels } from './requantize.js';

/** Bytes of weights that a cache in front of flash may hold beside the code: RP2350's has 16 KiB. */
const cachedBytes = 8192;

/** Three pixels at most that share the fetching of weights, so many times. */
const mostThrees = 4;

export const dspConv2d: Kernel<Conv2dParameters> = {
  capability: 'dsp',
  name: 'conv_2d_s8',
  accepts: (p) => p.groups === 1 && accepts(p),
  lower: (p, context) => lower(p, context),
};

/** With one input channel every output channel is a filter over all there is: a convolution. */
export const dspSingleChannelDepthwise: Kernel<DepthwiseConv2dParameters> = {
  capability: 'dsp',
  name: 'conv_2d_s8',
  accepts: (p) => p.input.channels === 1 && accepts(channelsFirst(p)),
  lower: (p, context) => lower(channelsFirst(p), context),
};

interface Prepared {
  readonly filter: Filter;
  readonly channels: readonly Channel[];
}

function accepts(p: ConvolutionParameters): boolean {
  return isInt8(p) && p.output.channels > 1 && prepare(p) !== undefined;
}

function prepare(given: ConvolutionParameters): Prepared | undefined {
  const taps = given.filter.height * given.filter.width * given.filter.channels;
  const count = given.output.channels;
  const p = settled(given, count, { start: (c) => c * taps, step: 1, taps });
  const filter: Filter = (c) => (p.weights as Int8Array).subarray(c * taps, (c + 1) * taps);
  if (!wordsFit(filter, count)) return undefined;
  const channels = requantizedChannels(p, filter, count);
  return channels && { filter, channels };
}

/** A window that is one pixel reads the image pixel after pixel, as if it were a single row. */
function flat<P extends ConvolutionParameters>(p: P): P {
  const { batch, input, output, filter, stride } = p;
  const single = filter.height * filter.width === 1 && stride.height * stride.width === 1;
  if (!single || p.padding.top + p.padding.left > 0) return p;
  const row = { height: 1, width: batch * output.height * output.width };
  return { ...p, batch: 1, input: { ...input, ...row }, output: { ...output, ...row } };
}

/** Taps of a row of the filter that lie side by side. */
function runOf(p: ConvolutionParameters): number {
  return p.dilation.width === 1 ? p.filter.width : 1;
}

function stepsOf(p: ConvolutionParameters): Step[] {
  const { height, width, channels } = p.filter;
  const run = runOf(p);
  const steps: Step[] = [];
  for (let tap = 0; tap < height * width; tap += run)
    steps.push(...stepsOfRun(tap * channels, run * channels));
  if (steps.length % 2 === 1) steps.push([-1, -1]);
  return steps;
}

function lower(
  given: ConvolutionParameters,
  { label, scratchBytes }: LowerContext,
): Omit<Layer, 'op' | 'kernel'> {
  const p = flat(given);
  const { filter, channels } = prepare(p)!;
  const { input, output } = p;
  const steps = stepsOf(p);
  const run = runOf(p);
  const column = 4 * 3 * steps.length;
  const pixels = p.batch * output.height * output.width;
  const pairs = pairsOf(output.channels);
  const stream = pairs.map((c) => {
    const { start, end } = pairOf(channels[c]!, channels[c + 1]!);
    return [...start, ...wordsOf(filter(c), filter(c + 1), steps), ...end];
  });
  const words = stream[0]!.length;
  const shared = 4 * words * pairs.length > cachedBytes ? mostThrees : 1;
  const affordable = Math.floor(scratchBytes / column);
  const threes = Math.max(1, Math.min(shared, affordable, Math.ceil(pixels / 3)));
  return {
    why: `two channels of ${3 * threes} pixels at a time`,
    scratchBytes: threes * column,
    overlaps: [{ input: 0, lead: leadOfStretches(tileStretches(p, evenTiles(p, 3 * threes))) }],
    work: workOf(p, steps.length),
    constants: [
      {
        name: `${label}_pairs`,
        ctype: 'int32_t',
        data: Int32Array.from(stream.flat()),
        comment:
          `${label}: of each two output channels what their sums start from, ${steps.length} words of weights, ` +
          `${words - steps.length - 2} of constants`,
        align: 4,
      },
    ],
    sources: ['dsp/conv_2d_s8.c'],
    emit(printer, at) {
      const zeroPoint = -p.inputOffset & 0xff;
      printStruct(printer, `struct ${at.kernel('crimp_dsp_conv_2d')} layer`, {
        ...shapeFields(p),
        run,
        steps: steps.length,
        odd_steps: steps.at(-1)![0] < 0 ? 1 : 0,
        threes,
        chunk: Math.max(1, Math.floor(cachedBytes / (4 * words))),
        pair_words: words,
        zero_points: (zeroPoint * 0x01010101) | 0,
        last_x: run === p.filter.width ? input.width - run - 2 * p.stride.width : -1,
        last_y: input.height - 1 - (p.filter.height - 1) * p.dilation.height,
        apart: p.stride.width * input.channels,
        down: p.dilation.height * input.width * input.channels,
        flat: p === given ? 0 : 1,
        min: p.activation.min,
        max: p.activation.max,
      });
      const constant = at.constant(`${label}_pairs`);
      const args = [at.input(0), at.output(0), constant, at.scratch('int32_t'), '&layer'];
      printer.line().call(at.kernel('crimp_dsp_conv_2d_s8'), args);
    },
  };
}

/** Three pixels at a time: their windows are widened, then every pair of channels takes a loop over the steps. */
function workOf(p: ConvolutionParameters, steps: number): Work {
  const threes = Math.ceil((p.batch * p.output.height * p.output.width) / 3);
  const pairs = threes * Math.ceil(p.output.channels / 2);
  const rows = threes * p.filter.height;
  return { calls: 1, threes, rows, widened: threes * steps, pairs, steps: pairs * steps };
}
