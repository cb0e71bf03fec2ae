/** Random graphs of one TRANSPOSE_CONV, also to outputs that are smaller or larger than the filters reach. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';
import { activation, addWeights, type Kind, kinds, seed } from './weighted.js';

const own: readonly Kind[] = kinds.filter(
  (kind) =>
    kind.weights !== 'int4' &&
    kind.quantizedBiasType === undefined &&
    !(kind.input === 'int16' && kind.bias === 'int32'),
);
const extent = (max: number) =>
  fc.record({ height: fc.integer({ min: 1, max }), width: fc.integer({ min: 1, max }) });

export const transposeConvGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom(...own),
    batch: fc.integer({ min: 1, max: 2 }),
    input: extent(6),
    filter: extent(4),
    stride: extent(3),
    padding: fc.constantFrom('SAME' as const, 'VALID' as const),
    channels: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    perChannel: fc.boolean(),
    activation,
    seed,
  })
  .map(({ kind, batch, input, filter, stride, padding, channels, perChannel, activation, seed }) => {
    const rng = random(seed);
    const builder = graphBuilder('transpose_conv');
    const [from, to] = channels;
    const along = (side: 'height' | 'width') => {
      const whole =
        padding === 'SAME' ? input[side] * stride[side] : (input[side] - 1) * stride[side] + filter[side];
      return Math.max(1, whole + (rng.next() < 0.3 ? rng.int(-2, 2) : 0));
    };
    const shape = [batch, along('height'), along('width'), to];
    const { inputs, ...quantization } = addWeights(builder, kind, rng, {
      shape: [to, filter.height, filter.width, from],
      channels: to,
      axis: 0,
      taps: filter.height * filter.width * from,
      perChannel,
    });
    const dtype = kind.input;
    const x = builder.input('x', {
      dtype,
      shape: [batch, input.height, input.width, from],
      quantization: quantization.input,
    });
    const size = builder.constant('output_shape', {
      dtype: 'int32',
      shape: [4],
      data: Int32Array.from(shape),
    });
    const [weights, ...bias] = inputs as [number, ...number[]];
    const output = { dtype, shape, quantization: quantization.output };
    const attributes = { padding, stride: { ...stride }, activation };
    return builder.build(builder.op('TRANSPOSE_CONV', 'y', [size, weights, x, ...bias], attributes, output));
  });
