/** Random graphs whose outputs begin at their zero point, as behind a ReLU: for kernels that count on it. */
import fc from 'fast-check';
import { graphBuilder } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { windowOutput } from '../../src/ops/convolution.js';
import { extent, padding } from '../property/arbitraries/conv_2d.js';
import { addWeights, seed } from '../property/arbitraries/weighted.js';
import { random } from '../property/random.js';

/** The same graph of one operator with its output's zero point at the lowest value. */
export function beforeRelu(graph: Graph): Graph {
  const [op] = graph.ops;
  const tensors = graph.tensors.map((tensor, i) =>
    i === op!.outputs[0]
      ? { ...tensor, quantization: { ...tensor.quantization!, zeroPoint: Int32Array.of(-128) } }
      : tensor,
  );
  return {
    ...graph,
    ops: [{ ...op!, attributes: { ...op!.attributes, activation: 'RELU' } }],
    tensors,
  } as Graph;
}

/** CONV_2D of few channels over images of several columns. */
export const firstConvGraph: fc.Arbitrary<Graph> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    image: fc.record({
      height: fc.integer({ min: 1, max: 14 }),
      width: fc.integer({ min: 3, max: 40 }),
    }),
    channels: fc.integer({ min: 1, max: 4 }),
    outputs: fc.integer({ min: 1, max: 6 }),
    filter: extent(fc.integer({ min: 1, max: 6 })),
    stride: extent(fc.integer({ min: 1, max: 3 })),
    padding,
    seed,
  })
  .filter(({ image, filter, ...window }) => {
    const { height, width } = windowOutput(image, filter, { ...window, dilation: { height: 1, width: 1 } });
    return height > 0 && width > 0;
  })
  .map(({ batch, image, filter, channels, outputs, stride, padding: pad, ...rest }) => {
    const builder = graphBuilder('first_conv');
    const dilation = { height: 1, width: 1 };
    const kind = { input: 'int8', weights: 'int8', bias: 'none' } as const;
    const weights = addWeights(builder, kind, random(rest.seed), {
      shape: [outputs, filter.height, filter.width, channels],
      channels: outputs,
      axis: 0,
      taps: filter.height * filter.width * channels,
      perChannel: true,
    });
    const shape = [batch, image.height, image.width, channels];
    const input = builder.input('x', { dtype: 'int8', shape, quantization: weights.input });
    const { height, width } = windowOutput(image, filter, { padding: pad, stride, dilation });
    const attributes = { stride, dilation, padding: pad, activation: 'RELU' } as const;
    const output = builder.op('CONV_2D', 'y', [input, ...weights.inputs], attributes, {
      dtype: 'int8',
      shape: [batch, height, width, outputs],
      quantization: weights.output,
    });
    return beforeRelu(builder.build(output));
  });
