/** Random graphs of one DEPTHWISE_CONV_2D. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { windowOutput } from '../../../src/ops/convolution.js';
import { random } from '../random.js';
import { extent, factor, padding } from './conv_2d.js';
import { activation, addWeights, kinds, seed } from './weighted.js';

/** TFLM reads any bias of an int16 depthwise convolution as int64. */
const depthwiseKinds = kinds.filter(
  (k) => !(k.input === 'int16' && (k.bias === 'int32' || k.quantizedBiasType)),
);

export const depthwiseConv2dGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom(...depthwiseKinds),
    batch: factor,
    image: extent(fc.integer({ min: 1, max: 10 })),
    filter: fc.oneof(extent(fc.integer({ min: 1, max: 5 })), fc.constant({ height: 3, width: 3 })),
    channels: fc.integer({ min: 1, max: 9 }),
    depthMultiplier: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
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
  .map(({ kind, batch, image, filter, channels, depthMultiplier, ...rest }) => {
    const builder = graphBuilder('depthwise');
    const outputs = channels * depthMultiplier;
    const weights = addWeights(builder, kind, random(rest.seed), {
      shape: [1, filter.height, filter.width, outputs],
      channels: outputs,
      axis: 3,
      taps: filter.height * filter.width,
      perChannel: rest.perChannel,
    });
    const input = builder.input('x', {
      dtype: kind.input,
      shape: [batch, image.height, image.width, channels],
      quantization: weights.input,
    });
    const { height, width } = windowOutput(image, filter, rest);
    const { stride, dilation, padding: pad, activation: fused } = rest;
    const output = builder.op(
      'DEPTHWISE_CONV_2D',
      'y',
      [input, ...weights.inputs],
      { stride, dilation, padding: pad, activation: fused, depthMultiplier },
      { dtype: kind.input, shape: [batch, height, width, outputs], quantization: weights.output },
    );
    return builder.build(output);
  });
