/** Random graphs of one operator that makes each value of two (or chooses between two): of any dtypes it takes, broadcast. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { graphBuilder, type TensorIndex } from '../../../src/graph/build.js';
import type {
  DType,
  Graph,
  Op,
  OpAttributes,
  OpType,
  Quantization,
  Shape,
} from '../../../src/graph/graph.js';
import { broadcastShape } from '../../../src/ops/broadcast.js';
import { definitionOf } from '../../../src/ops/registry.js';
import { type Random, random, randomData } from '../random.js';
import { activation, broadcastable, quantization, seed, shape } from './operands.js';

export const pairTypes = [
  'DIV',
  'EQUAL',
  'FLOOR_DIV',
  'FLOOR_MOD',
  'GREATER',
  'GREATER_EQUAL',
  'LESS',
  'LESS_EQUAL',
  'LOGICAL_AND',
  'LOGICAL_OR',
  'MAXIMUM',
  'MINIMUM',
  'NOT_EQUAL',
  'SELECT_V2',
  'SQUARED_DIFFERENCE',
] as const satisfies readonly OpType[];

type PairType = (typeof pairTypes)[number];

/** Scales below 1, which comparisons need; what is not quantized has none. */
function quantizationOf(type: PairType, dtype: DType, rng: Random): Quantization | undefined {
  if (dtype !== 'int8' && dtype !== 'int16') return undefined;
  return quantization(dtype, rng, {
    scale: [-9, -0.1],
    symmetric: type === 'SQUARED_DIFFERENCE' && dtype === 'int16',
  });
}

export function pairGraph(type: PairType): fc.Arbitrary<Graph> {
  const { supports } = definitionOf({ type } as Op);
  return fc
    .record({ dtypes: fc.constantFrom(...supports), whole: shape, activation, seed })
    .map(({ dtypes, whole, activation, seed }) => {
      const rng = random(seed);
      const builder = graphBuilder(type.toLowerCase());
      const partly = rng.next() < 0.5;
      const operand = (name: string, dtype: DType): [TensorIndex, Shape] => {
        const own = partly ? broadcastable(whole, rng) : whole;
        const spec = { dtype, shape: own, quantization: quantizationOf(type, dtype, rng) };
        if (rng.next() > 0.2) return [builder.input(name, spec), own];
        const data = randomData(dtype, elementCount(own), rng, ...(divides.has(type) ? [0.5, 4] : []));
        return [builder.constant(name, { ...spec, data }), own];
      };
      const operands = [
        ...(type === 'SELECT_V2' ? [operand('condition', 'bool')] : []),
        // At least one input.
        [
          builder.input('a', {
            dtype: dtypes.input,
            shape: whole,
            quantization: quantizationOf(type, dtypes.input, rng),
          }),
          whole,
        ] as const,
        operand('b', dtypes.input),
      ];
      const output = builder.op(
        type,
        'y',
        operands.map(([tensor]) => tensor),
        (type === 'DIV' ? { activation } : {}) as OpAttributes[PairType],
        {
          dtype: dtypes.output,
          shape: operands.reduce<Shape>((common, [, own]) => broadcastShape(common, own)!, []),
          quantization: quantizationOf(type, dtypes.output, rng),
        },
      );
      return builder.build(output);
    });
}

/** What divides by 0 is no number, whose sign is the machine's. */
export const divides: ReadonlySet<OpType> = new Set(['DIV', 'FLOOR_DIV', 'FLOOR_MOD']);
