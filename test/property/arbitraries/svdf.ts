/** Random graphs of one or two SVDF in a row. */
import fc from 'fast-check';
import { scaleOf } from '../../../src/graph/access.js';
import { graphBuilder, perTensor, type TensorIndex } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { type Random, random, randomData } from '../random.js';
import { quantization, seed } from './operands.js';

type Builder = ReturnType<typeof graphBuilder>;

interface Sizes {
  readonly batch: number;
  readonly units: number;
  readonly rank: number;
  readonly memory: number;
  readonly biased: boolean;
}

export const svdfGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom('int8', 'int16', 'float32'),
    batch: fc.integer({ min: 1, max: 2 }),
    inputs: fc.integer({ min: 1, max: 12 }),
    layers: fc.integer({ min: 1, max: 2 }),
    units: fc.integer({ min: 1, max: 6 }),
    rank: fc.integer({ min: 1, max: 3 }),
    memory: fc.integer({ min: 1, max: 6 }),
    biased: fc.boolean(),
    activation: fc.constantFrom('NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1'),
    seed,
  })
  .map(({ kind, inputs, layers, activation, ...sizes }) => {
    const rng = random(sizes.seed);
    const builder = graphBuilder('svdf');
    const dtype = kind === 'float32' ? 'float32' : 'int8';
    let x = builder.input('x', {
      dtype,
      shape: [sizes.batch, inputs],
      quantization: quantization(dtype, rng),
    });
    for (let i = 0; i < layers; i++) {
      const operands =
        kind === 'float32'
          ? addReals(builder, x, sizes, rng, i)
          : addIntegers(builder, x, kind, sizes, rng, i);
      const { rank, batch, units } = sizes;
      x = builder.op(
        'SVDF',
        `y${i}`,
        operands,
        { rank, activation },
        { dtype, shape: [batch, units], quantization: quantization(dtype, rng, { scale: [-6, 2] }) },
      );
    }
    return builder.build(x);
  });

function shapesOf(builder: Builder, x: TensorIndex, { batch, units, rank, memory }: Sizes) {
  const filters = units * rank;
  return {
    feature: [filters, builder.tensor(x).shape[1]!],
    time: [filters, memory],
    state: [batch, filters * memory],
  };
}

function addReals(builder: Builder, x: TensorIndex, sizes: Sizes, rng: Random, layer: number): TensorIndex[] {
  const shapes = shapesOf(builder, x, sizes);
  const constant = (name: string, shape: readonly number[]) =>
    builder.constant(`${name}${layer}`, {
      dtype: 'float32',
      shape,
      data: randomData(
        'float32',
        shape.reduce((n, d) => n * d, 1),
        rng,
      ),
    });
  return [
    x,
    constant('feature', shapes.feature),
    constant('time', shapes.time),
    sizes.biased ? constant('bias', [sizes.units]) : -1,
    builder.state(`state${layer}`, { dtype: 'float32', shape: shapes.state }),
  ];
}

function addIntegers(
  builder: Builder,
  x: TensorIndex,
  stateDtype: 'int8' | 'int16',
  sizes: Sizes,
  rng: Random,
  layer: number,
): TensorIndex[] {
  const shapes = shapesOf(builder, x, sizes);
  const weights = (name: string, dtype: 'int8' | 'int16', shape: readonly number[]) =>
    builder.constant(`${name}${layer}`, {
      dtype,
      shape,
      data: randomData(
        dtype,
        shape.reduce((n, d) => n * d, 1),
        rng,
      ),
      quantization: quantization(dtype, rng, { symmetric: true }),
    });
  const feature = weights('feature', 'int8', shapes.feature);
  const time = weights('time', stateDtype, shapes.time);
  const state = builder.state(`state${layer}`, {
    dtype: stateDtype,
    shape: shapes.state,
    quantization: quantization(stateDtype, rng),
  });
  const scale = Math.fround(scaleOf(builder.tensor(state)) * scaleOf(builder.tensor(time)));
  const bias = sizes.biased
    ? builder.constant(`bias${layer}`, {
        dtype: 'int32',
        shape: [sizes.units],
        data: randomData('int32', sizes.units, rng, -20000, 20000),
        quantization: perTensor(scale, 0),
      })
    : -1;
  return [x, feature, time, bias, state];
}
