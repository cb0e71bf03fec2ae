/** Random graphs of one operator that turns each value into another: QUANTIZE, DEQUANTIZE, RELU, RELU6. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { DType, Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';
import { quantization, seed, shape } from './operands.js';

export function unaryGraph(
  type: 'QUANTIZE' | 'DEQUANTIZE' | 'RELU' | 'RELU6',
  dtypes: readonly (readonly [DType, DType])[],
): fc.Arbitrary<Graph> {
  return fc.record({ dtypes: fc.constantFrom(...dtypes), shape, seed }).map(({ dtypes, shape, seed }) => {
    const rng = random(seed);
    const [from, to] = dtypes;
    const builder = graphBuilder(type.toLowerCase());
    const options = { symmetric: type === 'RELU' && from === 'int16' };
    const input = builder.input('x', { dtype: from, shape, quantization: quantization(from, rng, options) });
    const output = { dtype: to, shape, quantization: quantization(to, rng, options) };
    return builder.build(builder.op(type, 'y', [input], {}, output));
  });
}
