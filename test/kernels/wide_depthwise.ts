/** Random int8 DEPTHWISE_CONV_2D graphs of images too wide for one block of pending sums, or high enough for bands. */
import fc from 'fast-check';
import { graphBuilder } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { windowOutput } from '../../src/ops/convolution.js';
import { extent, padding } from '../property/arbitraries/conv_2d.js';
import { activation, addWeights, seed } from '../property/arbitraries/weighted.js';
import { random } from '../property/random.js';

export const wideDepthwiseGraph: fc.Arbitrary<Graph> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    image: fc.record({ height: fc.integer({ min: 3, max: 40 }), width: fc.integer({ min: 20, max: 70 }) }),
    filter: fc.oneof(fc.constant({ height: 3, width: 3 }), extent(fc.integer({ min: 1, max: 3 }))),
    channels: fc.integer({ min: 1, max: 3 }),
    stride: extent(fc.integer({ min: 1, max: 2 })),
    padding,
    activation,
    seed,
  })
  .map(({ batch, image, filter, channels, stride, padding: pad, activation: fused, ...rest }) => {
    const builder = graphBuilder('wide_depthwise');
    const dilation = { height: 1, width: 1 };
    const kind = { input: 'int8', weights: 'int8', bias: 'none' } as const;
    const weights = addWeights(builder, kind, random(rest.seed), {
      shape: [1, filter.height, filter.width, channels],
      channels,
      axis: 3,
      taps: filter.height * filter.width,
      perChannel: true,
    });
    const shape = [batch, image.height, image.width, channels];
    const input = builder.input('x', { dtype: 'int8', shape, quantization: weights.input });
    const { height, width } = windowOutput(image, filter, { padding: pad, stride, dilation });
    const attributes = { stride, dilation, padding: pad, activation: fused, depthMultiplier: 1 };
    const output = { dtype: 'int8', shape: [batch, height, width, channels] } as const;
    return builder.build(
      builder.op('DEPTHWISE_CONV_2D', 'y', [input, ...weights.inputs], attributes, {
        ...output,
        quantization: weights.output,
      }),
    );
  });
