/** Dtypes, shapes and quantization for random graphs of operators without weights. */
import fc from 'fast-check';
import { perTensor } from '../../../src/graph/build.js';
import type { DType, Quantization, Shape } from '../../../src/graph/graph.js';
import { type FusedActivation, fusedActivations } from '../../../src/numerics/activation_range.js';
import { typeRange } from '../../../src/ops/checks.js';
import type { Random } from '../random.js';

export const activation: fc.Arbitrary<FusedActivation> = fc.constantFrom(...fusedActivations);
export const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
export const shape: fc.Arbitrary<Shape> = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 });

export const image: fc.Arbitrary<Shape> = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 5 }),
);

export interface QuantizationOptions {
  /** log2 of the smallest and largest scale. */
  readonly scale?: readonly [number, number];
  readonly symmetric?: boolean;
}

/** Undefined for float32. Zero points reach the ends of the type often. */
export function quantization(
  dtype: DType,
  rng: Random,
  { scale = [-9, 1], symmetric = false }: QuantizationOptions = {},
): Quantization | undefined {
  if (dtype === 'float32') return undefined;
  const { min, max } = typeRange(dtype);
  const zeroPoints = [rng.int(min, max), min, max, 0];
  const zeroPoint = symmetric || dtype === 'int32' ? 0 : zeroPoints[rng.int(0, 5)];
  return perTensor(2 ** (scale[0] + rng.next() * (scale[1] - scale[0])), zeroPoint ?? rng.int(min, max));
}

/** The shape with some dimensions 1 and some leading ones left out, so that it broadcasts to the whole. */
export function broadcastable(whole: Shape, rng: Random): Shape {
  const dropped = rng.next() < 0.3 ? rng.int(0, whole.length) : 0;
  return whole.slice(dropped).map((d) => (rng.next() < 0.3 ? 1 : d));
}
