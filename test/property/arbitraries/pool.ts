/** Random graphs of one pooling operator. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { computeOutSize } from '../../../src/numerics/padding.js';
import type { PoolType } from '../../../src/ops/pooling.js';
import { random } from '../random.js';
import { activation, image, quantization, seed } from './operands.js';

const extent = (max: number) =>
  fc.record({ height: fc.integer({ min: 1, max }), width: fc.integer({ min: 1, max }) });

export function poolGraph(type: PoolType): fc.Arbitrary<Graph> {
  return fc
    .record({
      dtype:
        type === 'L2_POOL_2D'
          ? fc.constant('float32' as const)
          : fc.constantFrom('int8' as const, 'int8' as const, 'int16' as const, 'float32' as const),
      shape: image,
      padding: fc.constantFrom('SAME' as const, 'VALID' as const),
      stride: extent(4),
      window: extent(5),
      activation,
      seed,
    })
    .map(({ dtype, shape, padding, stride, window, ...rest }) => {
      const [batch, height, width, channels] = shape as readonly [number, number, number, number];
      const filter =
        padding === 'SAME'
          ? window
          : { height: Math.min(window.height, height), width: Math.min(window.width, width) };
      const builder = graphBuilder('pool');
      const spec = { dtype, quantization: quantization(dtype, random(rest.seed)) };
      const output = builder.op(
        type,
        'y',
        [builder.input('x', { ...spec, shape })],
        { padding, stride, filter, activation: rest.activation },
        {
          ...spec,
          shape: [
            batch,
            computeOutSize(padding, height, filter.height, stride.height),
            computeOutSize(padding, width, filter.width, stride.width),
            channels,
          ],
        },
      );
      return builder.build(output);
    });
}
