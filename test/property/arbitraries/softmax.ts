/** Random graphs of one SOFTMAX. */
import fc from 'fast-check';
import { graphBuilder, perTensor } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';
import { quantization, seed } from './operands.js';

const kinds = [
  { input: 'int8', output: 'int8', quantization: perTensor(1 / 256, -128) },
  { input: 'int8', output: 'int16', quantization: perTensor(1 / 65536, -32768) },
  { input: 'int16', output: 'int16', quantization: perTensor(1 / 32768, 0) },
  { input: 'float32', output: 'float32', quantization: undefined },
] as const;

export const softmaxGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    leading: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    // Above 511 equal values TFLM's own arithmetic ends.
    depth: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(500, 1001)),
    beta: fc.constantFrom(1, 1, 0.5, 3),
    seed,
  })
  .map(({ kind, leading, depth, beta, seed }) => {
    const builder = graphBuilder('softmax');
    const shape = [...(depth > 40 ? [] : leading), depth];
    const scale = kind.input === 'int16' ? ([-15, -4] as const) : ([-12, 2] as const);
    const options = { scale, symmetric: kind.input === 'int16' };
    const input = builder.input('x', {
      dtype: kind.input,
      shape,
      quantization: quantization(kind.input, random(seed), options),
    });
    const output = { dtype: kind.output, shape, quantization: kind.quantization };
    return builder.build(builder.op('SOFTMAX', 'y', [input], { beta }, output));
  });
