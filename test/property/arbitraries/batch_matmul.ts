/** Random graphs of one BATCH_MATMUL: batches that broadcast either way, matrices stored either way, a constant operand. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { graphBuilder, perTensor } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { broadcastShape } from '../../../src/ops/broadcast.js';
import { random, randomData } from '../random.js';
import { broadcastable, quantization, seed } from './operands.js';

const side = fc.integer({ min: 1, max: 6 });

export const batchMatmulGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom('int8' as const, 'int8' as const, 'int16' as const, 'float32' as const),
    batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    sizes: fc.tuple(side, fc.integer({ min: 1, max: 20 }), side),
    adjX: fc.boolean(),
    adjY: fc.boolean(),
    seed,
  })
  .map(({ dtype, batch, sizes: [rows, depth, columns], adjX, adjY, seed }) => {
    const rng = random(seed);
    const builder = graphBuilder('batch_matmul');
    const symmetric = dtype === 'int16';
    const spec = (before: readonly number[], last: readonly number[]) => ({
      dtype,
      shape: [...before, ...last],
      quantization: quantization(dtype, rng, { symmetric, scale: [-9, -4] }),
    });
    const [batchA, batchB] = [broadcastable(batch, rng), broadcastable(batch, rng)];
    const a = builder.input('a', spec(batchA, adjX ? [depth, rows] : [rows, depth]));
    const specB = spec(batchB, adjY ? [columns, depth] : [depth, columns]);
    const data = randomData(dtype, elementCount(specB.shape), rng);
    const b = rng.next() < 0.3 ? builder.constant('b', { ...specB, data }) : builder.input('b', specB);
    const zeroPoint = symmetric ? 0 : rng.int(-128, 127);
    const output = {
      dtype,
      shape: [...broadcastShape(batchA, batchB)!, rows, columns],
      quantization: dtype === 'float32' ? undefined : perTensor(2 ** (rng.next() * 8 - 6), zeroPoint),
    };
    return builder.build(builder.op('BATCH_MATMUL', 'y', [a, b], { adjX, adjY }, output));
  });
