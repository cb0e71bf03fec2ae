/** Random graphs of one UNIDIRECTIONAL_SEQUENCE_LSTM. */
import fc from 'fast-check';
import { scaleOf } from '../../../src/graph/access.js';
import { graphBuilder, perTensor } from '../../../src/graph/build.js';
import type { DType, Graph } from '../../../src/graph/graph.js';
import { type Random, random, randomData } from '../random.js';
import { quantization, seed } from './operands.js';

export const lstmGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom('int8', 'int16', 'float32'),
    batch: fc.integer({ min: 1, max: 2 }),
    steps: fc.integer({ min: 1, max: 4 }),
    inputs: fc.integer({ min: 1, max: 9 }),
    units: fc.integer({ min: 1, max: 7 }),
    timeMajor: fc.boolean(),
    cellExponent: fc.integer({ min: -15, max: -9 }),
    cellClip: fc.constantFrom(0, 0, 0.5, 3),
    restarts: fc.boolean(),
    seed,
  })
  .map(({ dtype, batch, steps, inputs, units, timeMajor, cellExponent, cellClip, restarts, ...rest }) => {
    const rng = random(rest.seed);
    const b = graphBuilder('lstm');
    const [first, second] = timeMajor ? [steps, batch] : [batch, steps];
    const symmetric = dtype === 'int16';
    const activation = (scale: readonly [number, number]) => quantization(dtype, rng, { scale, symmetric });
    const input = b.input('x', {
      dtype,
      shape: [first, second, inputs],
      quantization: activation(symmetric ? [-16, -10] : [-9, -3]),
    });
    const hiddenQuantization = activation(symmetric ? [-16, -14] : [-8, -6]);
    const hidden = b.state('hidden', { dtype, shape: [batch, units], quantization: hiddenQuantization });
    const cell = b.state('cell', {
      dtype: dtype === 'float32' ? 'float32' : 'int16',
      shape: [batch, units],
      ...(dtype !== 'float32' && { quantization: perTensor(2 ** cellExponent, 0) }),
    });
    const weights = (name: string, columns: number) =>
      [0, 1, 2, 3].map((gate) => addMatrix(b, `${name}${gate}`, [units, columns], dtype, rng));
    const now = weights('w', inputs);
    const past = weights('r', units);
    const biases = now.map((w, gate) => {
      const biasType = ({ int8: 'int32', int16: 'int64', float32: 'float32' } as const)[dtype];
      const most = 3 / (scaleOf(b.tensor(input)) * scaleOf(b.tensor(w)));
      return b.constant(`b${gate}`, {
        dtype: biasType,
        shape: [units],
        data: randomData(
          biasType,
          units,
          rng,
          ...(dtype === 'float32' ? [-1, 1] : [-Math.ceil(most), Math.ceil(most)]),
        ),
      });
    });
    const operands = [input, ...now, ...past, -1, -1, -1, ...biases, -1, -1, hidden, cell, -1, -1, -1, -1];
    return b.build(
      b.op(
        'UNIDIRECTIONAL_SEQUENCE_LSTM',
        'y',
        operands,
        { activation: 'TANH', cellClip, timeMajor, ...(restarts && { restarts }) },
        { dtype, shape: [first, second, units], quantization: hiddenQuantization },
      ),
    );
  });

function addMatrix(
  b: ReturnType<typeof graphBuilder>,
  name: string,
  shape: readonly [number, number],
  dtype: DType,
  rng: Random,
) {
  const count = shape[0] * shape[1];
  if (dtype === 'float32') {
    return b.constant(name, { dtype, shape, data: randomData(dtype, count, rng, -1, 1) });
  }
  const scales = quantization('int8', rng, { scale: [-9, -5], symmetric: true });
  return b.constant(name, {
    dtype: 'int8',
    shape,
    data: randomData('int8', count, rng),
    quantization: scales,
  });
}
