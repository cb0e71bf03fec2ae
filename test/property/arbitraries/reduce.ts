/** Random graphs of one MEAN or other reduction over any axes, of ARG_MAX or ARG_MIN, or one PAD. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph, Op } from '../../../src/graph/graph.js';
import type { ArgExtremumType } from '../../../src/ops/arg_extremum.js';
import type { ReductionType } from '../../../src/ops/reduction.js';
import { definitionOf } from '../../../src/ops/registry.js';
import { random } from '../random.js';
import { quantization, seed, shape } from './operands.js';

/** REDUCE_MAX and its like do not rescale. */
const rescales = (type: ReductionType) => type === 'MEAN' || type === 'SUM';

export function reductionGraph(type: ReductionType): fc.Arbitrary<Graph> {
  const dtypes = definitionOf({ type } as Op).supports.map(({ input }) => input);
  return fc
    .record({ dtype: fc.constantFrom(dtypes[0]!, ...dtypes), shape, keepDims: fc.boolean(), seed })
    .map(({ dtype, shape, keepDims, seed }) => {
      const rng = random(seed);
      const builder = graphBuilder(type.toLowerCase());
      const reduced = shape.map(() => rng.next() < 0.5);
      // Negative axes and repeats are allowed.
      const axes = shape.flatMap((_, i) => (reduced[i] ? [rng.next() < 0.5 ? i : i - shape.length] : []));
      const data = Int32Array.from(rng.next() < 0.2 ? [...axes, ...axes] : axes.reverse());
      const own = dtype === 'bool' ? undefined : quantization(dtype, rng);
      const output = builder.op(
        type,
        'y',
        [
          builder.input('x', { dtype, shape, quantization: own }),
          builder.constant('axes', { dtype: 'int32', shape: [data.length], data }),
        ],
        { keepDims },
        {
          dtype,
          shape: keepDims ? shape.map((d, i) => (reduced[i] ? 1 : d)) : shape.filter((_, i) => !reduced[i]),
          quantization: rescales(type) ? quantization(dtype, rng) : own,
        },
      );
      return builder.build(output);
    });
}

export const meanGraph = reductionGraph('MEAN');

export function argExtremumGraph(type: ArgExtremumType): fc.Arbitrary<Graph> {
  return fc
    .record({
      dtype: fc.constantFrom('int8' as const, 'float32' as const),
      before: shape,
      size: fc.nat(8),
      seed,
    })
    .map(({ dtype, before, size, seed }) => {
      const rng = random(seed);
      const builder = graphBuilder(type.toLowerCase());
      const axis = rng.int(0, before.length);
      const whole = [...before.slice(0, axis), size + 1, ...before.slice(axis)];
      const data = Int32Array.of(rng.next() < 0.5 ? axis : axis - whole.length);
      const inputs = [
        builder.input('x', { dtype, shape: whole, quantization: quantization(dtype, rng) }),
        builder.constant('axis', { dtype: 'int32', shape: rng.next() < 0.5 ? [] : [1], data }),
      ];
      return builder.build(builder.op(type, 'y', inputs, {}, { dtype: 'int32', shape: before }));
    });
}

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
