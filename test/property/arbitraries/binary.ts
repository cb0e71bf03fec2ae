/** Random graphs of one ADD, MUL or SUB: shapes that broadcast either way, constant operands, the same operand twice. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { graphBuilder, type TensorSpec } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { broadcastShape } from '../../../src/ops/broadcast.js';
import { random, randomData } from '../random.js';
import { activation, broadcastable, quantization, seed, shape } from './operands.js';

export function binaryGraph(
  type: 'ADD' | 'MUL' | 'SUB',
  dtypes: readonly ('int8' | 'int16' | 'int32' | 'float32')[],
): fc.Arbitrary<Graph> {
  return fc
    .record({
      dtype: fc.constantFrom(...dtypes),
      whole: shape,
      operands: fc.constantFrom('same', 'two', 'broadcast', 'constant'),
      activation,
      seed,
    })
    .map(({ dtype, whole, operands, ...rest }) => {
      const rng = random(rest.seed);
      const builder = graphBuilder(type.toLowerCase());
      const partly = operands === 'broadcast' || operands === 'constant';
      const [shapeA, shapeB] = partly
        ? [broadcastable(whole, rng), broadcastable(whole, rng)]
        : [whole, whole];
      const spec = (shape: readonly number[]): TensorSpec => ({
        dtype,
        shape,
        quantization:
          dtype === 'int32'
            ? undefined
            : quantization(dtype, rng, { symmetric: type === 'MUL' && dtype === 'int16' }),
      });
      const first = builder.input('a', spec(shapeA));
      const specB = spec(shapeB);
      const second =
        operands === 'same'
          ? first
          : operands === 'constant'
            ? builder.constant('b', { ...specB, data: randomData(dtype, elementCount(shapeB), rng) })
            : builder.input('b', specB);
      const output = builder.op(
        type,
        'y',
        [first, second],
        { activation: rest.activation },
        { ...spec(broadcastShape(shapeA, shapeB)!) },
      );
      return builder.build(output);
    });
}
