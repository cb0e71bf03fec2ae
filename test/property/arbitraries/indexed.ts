/** Random graphs of one op that chooses or places values by number, or computes with shapes. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { perTensor } from '../../../src/graph/build.js';
import type { DType, Graph } from '../../../src/graph/graph.js';
import { oneOp } from '../../support/one_op.js';
import { random, randomData } from '../random.js';
import { seed } from './operands.js';

/** The table or the numbers are constants in some. */
export const embeddingLookupGraph: fc.Arbitrary<Graph> = fc
  .record({
    types: fc.constantFrom<readonly [DType, DType]>(
      ['int8', 'int8'],
      ['int8', 'float32'],
      ['float32', 'float32'],
    ),
    table: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
    lookups: fc.integer({ min: 1, max: 6 }),
    scale: fc.double({ min: 0.001, max: 2, noNaN: true }),
    constant: fc.constantFrom('table', 'numbers', 'none'),
    seed,
  })
  .map(({ types: [dtype, output], table, lookups, scale, constant, seed }) => {
    const rng = random(seed);
    const values = constant === 'table' && { data: randomData(dtype, elementCount(table), rng) };
    const chosen = constant === 'numbers' && { data: randomData('int32', lookups, rng, 0, table[0]! - 1) };
    const parameters = dtype === 'int8' && { quantization: perTensor(scale, 0) };
    const numbers = { shape: [lookups], dtype: 'int32', ...chosen } as const;
    const operands = [numbers, { shape: table, dtype, ...values, ...parameters }];
    const graph = oneOp('EMBEDDING_LOOKUP', operands, {}, { dtype: output });
    if (output !== 'int8') return graph;
    // As the values stand, whatever the scales.
    const other = { quantization: perTensor(1.7 * scale, 3) };
    return {
      ...graph,
      tensors: graph.tensors.map((t, i) => (graph.outputs.includes(i) ? { ...t, ...other } : t)),
    };
  });

export const dynamicUpdateSliceGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom<DType>('int8', 'int16', 'int32', 'float32'),
    begin: fc.constantFrom<DType>('int32', 'int64'),
    axes: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ dtype, begin, axes }) => {
    const operand = { shape: axes.map(([n, more]) => n + more), dtype };
    const update = { shape: axes.map(([n]) => n), dtype };
    return oneOp('DYNAMIC_UPDATE_SLICE', [operand, update, { shape: [axes.length], dtype: begin }], {});
  });

const rank = fc.integer({ min: 1, max: 5 });

export const broadcastArgsGraph: fc.Arbitrary<Graph> = fc
  .record({ ranks: fc.tuple(rank, rank), dtype: fc.constantFrom<DType>('int32', 'int64') })
  .map(({ ranks, dtype }) => {
    const operands = ranks.map((n) => ({ shape: [n], dtype }));
    return oneOp('BROADCAST_ARGS', operands, {});
  });
