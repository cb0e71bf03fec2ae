/** Random graphs of one CONCATENATION along any axis: inputs and constants, the same tensor several times. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { graphBuilder, type TensorIndex } from '../../../src/graph/build.js';
import type { DType, Graph } from '../../../src/graph/graph.js';
import { random, randomData } from '../random.js';
import { quantization, seed } from './operands.js';

const dtypes = ['int8', 'int8', 'int16', 'int32', 'int64', 'float32', 'bool'] as const;

export const concatenationGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom<DType>(...dtypes),
    shape: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
    count: fc.integer({ min: 1, max: 5 }),
    seed,
  })
  .map(({ dtype, shape, count, seed }) => {
    const rng = random(seed);
    const builder = graphBuilder('concatenation');
    const axis = rng.int(0, shape.length - 1);
    const quantized = dtype === 'int8' || dtype === 'int16';
    const q = quantized ? quantization(dtype, rng, { symmetric: dtype === 'int16' }) : undefined;
    const spec = { dtype, ...(q && { quantization: q }) };
    const inputs: TensorIndex[] = [];
    for (let i = 0; i < count; i++) {
      const own = { ...spec, shape: shape.map((d, k) => (k === axis ? rng.int(1, 6) : d)) };
      const kind = i > 0 ? rng.int(0, 4) : 4;
      if (kind === 0) inputs.push(inputs[rng.int(0, i - 1)]!);
      else if (kind === 1) {
        const data = randomData(dtype, elementCount(own.shape), rng);
        inputs.push(builder.constant(`c${i}`, { ...own, data }));
      } else inputs.push(builder.input(`x${i}`, own));
    }
    const length = inputs.reduce((n, t) => n + builder.tensor(t).shape[axis]!, 0);
    const attributes = { axis: rng.next() < 0.5 ? axis : axis - shape.length };
    const output = { ...spec, shape: shape.map((d, k) => (k === axis ? length : d)) };
    return builder.build(builder.op('CONCATENATION', 'y', inputs, attributes, output));
  });
