/** Random graphs of one MEAN over any axes, or one PAD. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';
import { quantization, seed, shape } from './operands.js';

export const meanGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom('int8' as const, 'int8' as const, 'int16' as const, 'float32' as const),
    shape,
    keepDims: fc.boolean(),
    seed,
  })
  .map(({ dtype, shape, keepDims, seed }) => {
    const rng = random(seed);
    const builder = graphBuilder('mean');
    const reduced = shape.map(() => rng.next() < 0.5);
    // Negative axes and repeats are allowed.
    const axes = shape.flatMap((_, i) => (reduced[i] ? [rng.next() < 0.5 ? i : i - shape.length] : []));
    const data = Int32Array.from(rng.next() < 0.2 ? [...axes, ...axes] : axes.reverse());
    const output = builder.op(
      'MEAN',
      'y',
      [
        builder.input('x', { dtype, shape, quantization: quantization(dtype, rng) }),
        builder.constant('axes', { dtype: 'int32', shape: [data.length], data }),
      ],
      { keepDims },
      {
        dtype,
        shape: keepDims ? shape.map((d, i) => (reduced[i] ? 1 : d)) : shape.filter((_, i) => !reduced[i]),
        quantization: quantization(dtype, rng),
      },
    );
    return builder.build(output);
  });

export const padGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom(
      'int8' as const,
      'int8' as const,
      'int16' as const,
      'int32' as const,
      'float32' as const,
    ),
    shape,
    seed,
  })
  .map(({ dtype, shape, seed }) => {
    const rng = random(seed);
    const builder = graphBuilder('pad');
    const data = Int32Array.from({ length: 2 * shape.length }, () => (rng.next() < 0.5 ? 0 : rng.int(0, 3)));
    const spec = { dtype, quantization: quantization(dtype, rng) };
    const output = builder.op(
      'PAD',
      'y',
      [
        builder.input('x', { ...spec, shape }),
        builder.constant('paddings', { dtype: 'int32', shape: [shape.length, 2], data }),
      ],
      {},
      { ...spec, shape: shape.map((d, i) => d + data[2 * i]! + data[2 * i + 1]!) },
    );
    return builder.build(output);
  });
