/** Random graphs of one CONV_2D. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { windowOutput } from '../../../src/ops/convolution.js';
import { random } from '../random.js';
import { activation, addWeights, kinds, seed } from './weighted.js';

const size = fc.integer({ min: 1, max: 9 });
const small = fc.integer({ min: 1, max: 4 });
export const extent = (length: fc.Arbitrary<number>) => fc.record({ height: length, width: length });
/** Mostly 1. */
export const factor = fc.oneof(
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) },
);
export const padding = fc.constantFrom('SAME' as const, 'VALID' as const);

export const conv2dGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    batch: factor,
    image: extent(size),
    filter: fc.oneof(extent(small), fc.constant({ height: 1, width: 1 })),
    groups: factor,
    groupInputs: fc.integer({ min: 1, max: 6 }),
    groupOutputs: fc.integer({ min: 1, max: 6 }),
    stride: extent(factor),
    dilation: extent(factor),
    padding,
    activation,
    perChannel: fc.boolean(),
    seed,
  })
  .filter(({ image, filter, ...window }) => {
    const { height, width } = windowOutput(image, filter, window);
    return height > 0 && width > 0;
  })
  .map(({ kind, batch, image, filter, groups, groupInputs, groupOutputs, ...rest }) => {
    const rng = random(rest.seed);
    const builder = graphBuilder('conv');
    const [channels, outputs] = [groups * groupInputs, groups * groupOutputs];
    const weights = addWeights(builder, kind, rng, {
      shape: [outputs, filter.height, filter.width, groupInputs],
      channels: outputs,
      axis: 0,
      taps: filter.height * filter.width * groupInputs,
      perChannel: rest.perChannel,
    });
    const input = builder.input('x', {
      dtype: kind.input,
      shape: [batch, image.height, image.width, channels],
      quantization: weights.input,
    });
    const { height, width } = windowOutput(image, filter, rest);
    const { stride, dilation, padding: pad, activation: fused } = rest;
    const { quantizedBiasType } = kind;
    const output = builder.op(
      'CONV_2D',
      'y',
      [input, ...weights.inputs],
      { stride, dilation, padding: pad, activation: fused, ...(quantizedBiasType && { quantizedBiasType }) },
      { dtype: kind.input, shape: [batch, height, width, outputs], quantization: weights.output },
    );
    return builder.build(output);
  });
