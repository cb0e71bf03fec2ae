/** Random graphs of one op that only moves values: every axis, sign, stride and edge, in every type. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import type { DType, Graph, OpType, Shape } from '../../../src/graph/graph.js';
import { movedTypes } from '../../../src/ops/movement.js';
import { codesOf, type Operand, oneOp } from '../../support/one_op.js';
import { type Random, random, randomData } from '../random.js';
import { seed } from './operands.js';

type Draw = (rng: Random, dtype: DType) => Graph;

const shapeOf = (rng: Random, min: number, max: number, largest = 5): Shape =>
  Array.from({ length: rng.int(min, max) }, () => rng.int(1, largest));

/** An axis of that rank, from either end. */
const axisOf = (rng: Random, rank: number) => rng.int(-rank, rank - 1);

function shuffled(n: number, rng: Random): number[] {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.int(0, i);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/** A constant now and then. */
function anyValue(rng: Random, dtype: DType, shape: Shape): Operand {
  const constant = rng.next() < 0.2;
  return { shape, dtype, ...(constant && { data: randomData(dtype, elementCount(shape), rng) }) };
}

/** At least one op of a graph has to have an input. */
const input = (dtype: DType, shape: Shape): Operand => ({ shape, dtype });

/** A constant of pairs [before, after]. */
const pairs = (values: readonly number[]): Operand => ({
  shape: [values.length / 2, 2],
  dtype: 'int32',
  data: Int32Array.from(values),
});

/** That may reach `room` in each dimension. */
const paddings = (rng: Random, room: readonly number[]): Operand =>
  pairs(room.flatMap((most) => [rng.int(0, most), rng.int(0, most)].map((n) => (rng.next() < 0.4 ? 0 : n))));

function stridedSlice(rng: Random, dtype: DType): Graph {
  const shape = shapeOf(rng, 1, 5);
  const axes = rng.int(1, shape.length);
  const mask = () => rng.int(0, 2 ** axes - 1) & rng.int(0, 2 ** axes - 1);
  const strides = Array.from({ length: axes }, () => [1, 1, 2, 3, -1, -2][rng.int(0, 5)]!);
  const bounds = (beyond: number) => shape.slice(0, axes).map((d) => rng.int(-d - beyond, d + beyond));
  const attributes = {
    beginMask: mask(),
    endMask: mask(),
    ellipsisMask: rng.next() < 0.3 ? 1 << rng.int(0, axes - 1) : 0,
    newAxisMask: rng.next() < 0.3 ? mask() : 0,
    shrinkAxisMask: mask(),
    offset: rng.next() < 0.2,
  };
  return oneOp('STRIDED_SLICE', [input(dtype, shape), bounds(1), bounds(2), strides], attributes);
}

function gather(rng: Random, dtype: DType): Graph {
  const shape = shapeOf(rng, 1, 4);
  const axis = rng.int(0, shape.length - 1);
  const batchDims = rng.int(0, axis);
  const numbers = [...shape.slice(0, batchDims), ...shapeOf(rng, 0, 2, 3)];
  const data = randomData('int32', elementCount(numbers), rng, 0, shape[axis]! - 1);
  const computed = rng.next() < 0.5;
  const indices = { shape: numbers, dtype: 'int32', ...(!computed && { data }) } as const;
  const table = computed ? anyValue(rng, dtype, shape) : input(dtype, shape);
  const attributes = {
    axis: rng.next() < 0.5 ? axis : axis - shape.length,
    batchDims: batchDims > 0 && rng.next() < 0.5 ? batchDims - numbers.length : batchDims,
  };
  return oneOp('GATHER', [table, indices], attributes, { dtype });
}

function gatherNd(rng: Random, dtype: DType): Graph {
  const shape = shapeOf(rng, 1, 5, 4);
  const coordinates = rng.int(1, shape.length);
  const places = [...shapeOf(rng, 0, 2, 3), coordinates];
  const data = Int32Array.from({ length: elementCount(places) }, (_, i) =>
    rng.int(0, shape[i % coordinates]! - 1),
  );
  const indices = { shape: places, dtype: 'int32', ...(rng.next() < 0.5 && { data }) } as const;
  return oneOp('GATHER_ND', [input(dtype, shape), indices], {});
}

function dealt(rng: Random): { block: number[]; space: number[]; depth: Shape } {
  const block = Array.from({ length: rng.int(1, 2) }, () => rng.int(1, 3));
  return { block, space: block.map(() => rng.int(1, 4)), depth: shapeOf(rng, 0, 1) };
}

export const movements = {
  TRANSPOSE: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 6, 4);
    return oneOp('TRANSPOSE', [input(dtype, shape), shuffled(shape.length, rng)], {});
  },
  SQUEEZE: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 5, 2);
    const ones = shape.flatMap((d, i) => (d === 1 && rng.next() < 0.5 ? [i - (i % 2) * shape.length] : []));
    return oneOp('SQUEEZE', [input(dtype, shape)], { squeezeDims: ones });
  },
  EXPAND_DIMS: (rng, dtype) => {
    const shape = shapeOf(rng, 0, 4);
    return oneOp('EXPAND_DIMS', [input(dtype, shape), axisOf(rng, shape.length + 1)], {});
  },
  SPLIT: (rng, dtype) => {
    const [count, shape] = [rng.int(1, 4), shapeOf(rng, 1, 4)];
    const axis = axisOf(rng, shape.length);
    const whole = shape.map((d, i) => (i === (axis + shape.length) % shape.length ? d * count : d));
    return oneOp('SPLIT', [axis, input(dtype, whole)], { numSplits: count }, { count });
  },
  SPLIT_V: (rng, dtype) => {
    const [sizes, shape] = [shapeOf(rng, 1, 4), shapeOf(rng, 1, 4)];
    const axis = axisOf(rng, shape.length);
    const length = sizes.reduce((n, size) => n + size, 0);
    const whole = shape.map((d, i) => (i === (axis + shape.length) % shape.length ? length : d));
    const given = sizes.map((size, i) => (i === 1 ? -1 : size));
    const count = sizes.length;
    return oneOp('SPLIT_V', [input(dtype, whole), given, axis], { numSplits: count }, { count });
  },
  UNPACK: (rng, dtype) => {
    const shape = shapeOf(rng, 2, 4);
    const axis = axisOf(rng, shape.length);
    const count = shape.at(axis)!;
    return oneOp('UNPACK', [input(dtype, shape)], { num: count, axis }, { count });
  },
  PACK: (rng, dtype) => {
    const shape = shapeOf(rng, 0, 4);
    const more = Array.from({ length: rng.int(0, 3) }, () => anyValue(rng, dtype, shape));
    const attributes = { valuesCount: more.length + 1, axis: axisOf(rng, shape.length + 1) };
    return oneOp('PACK', [input(dtype, shape), ...more], attributes);
  },
  SLICE: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 5);
    const begin = shape.map((d) => rng.int(0, d - 1));
    const size = shape.map((d, i) => (rng.next() < 0.3 ? -1 : rng.int(1, d - begin[i]!)));
    return oneOp('SLICE', [input(dtype, shape), begin, size], {});
  },
  STRIDED_SLICE: stridedSlice,
  GATHER: gather,
  GATHER_ND: gatherNd,
  SPACE_TO_DEPTH: (rng, dtype) => {
    const [batch, rows, columns, depth] = shapeOf(rng, 4, 4, 3) as [number, number, number, number];
    const block = rng.int(1, 3);
    const shape = [batch, rows * block, columns * block, depth];
    return oneOp('SPACE_TO_DEPTH', [input(dtype, shape)], { blockSize: block });
  },
  DEPTH_TO_SPACE: (rng, dtype) => {
    const [batch, rows, columns, depth] = shapeOf(rng, 4, 4, 3) as [number, number, number, number];
    const block = rng.int(1, 3);
    const shape = [batch, rows, columns, depth * block * block];
    return oneOp('DEPTH_TO_SPACE', [input(dtype, shape)], { blockSize: block });
  },
  SPACE_TO_BATCH_ND: (rng, dtype) => {
    const { block, space, depth } = dealt(rng);
    const margins = space.flatMap((d, i) => {
      const before = rng.int(0, 3);
      const rest = (d + before) % block[i]!;
      return [before, rest === 0 ? 0 : block[i]! - rest];
    });
    const shape = [rng.int(1, 2), ...space, ...depth];
    return oneOp('SPACE_TO_BATCH_ND', [input(dtype, shape), block, pairs(margins)], {});
  },
  BATCH_TO_SPACE_ND: (rng, dtype) => {
    const { block, space, depth } = dealt(rng);
    const crops = space.flatMap((d, i) => {
      const before = rng.int(0, d * block[i]! - 1);
      return [before, rng.int(0, d * block[i]! - 1 - before)];
    });
    const shape = [rng.int(1, 2) * elementCount(block), ...space, ...depth];
    return oneOp('BATCH_TO_SPACE_ND', [input(dtype, shape), block, pairs(crops)], {});
  },
  BROADCAST_TO: (rng, dtype) => {
    const target = shapeOf(rng, 1, 6, 4);
    const shape = target.slice(rng.int(0, target.length)).map((d) => (rng.next() < 0.5 ? 1 : d));
    return oneOp('BROADCAST_TO', [input(dtype, shape), target], {});
  },
  TILE: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 4, 4);
    return oneOp('TILE', [input(dtype, shape), shape.map(() => rng.int(1, 3))], {});
  },
  PADV2: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 5, 4);
    const by = paddings(
      rng,
      shape.map(() => 3),
    );
    return oneOp('PADV2', [input(dtype, shape), by, anyValue(rng, dtype, [])], {});
  },
  MIRROR_PAD: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 4);
    const mode = rng.next() < 0.5 ? 'REFLECT' : 'SYMMETRIC';
    const by = paddings(
      rng,
      shape.map((d) => (mode === 'REFLECT' ? d - 1 : d)),
    );
    return oneOp('MIRROR_PAD', [input(dtype, shape), by], { mode });
  },
  REVERSE_V2: (rng, dtype) => {
    const shape = shapeOf(rng, 1, 5);
    const axes = shuffled(shape.length, rng).slice(rng.int(0, shape.length - 1));
    const signed = axes.map((axis) => (rng.next() < 0.5 ? axis : axis - shape.length));
    return oneOp('REVERSE_V2', [input(dtype, shape), signed], {});
  },
  FILL: (rng, dtype) => oneOp('FILL', [shapeOf(rng, 1, 4), input(dtype, [])], {}),
  ZEROS_LIKE: (rng, dtype) => oneOp('ZEROS_LIKE', [input(dtype, shapeOf(rng, 0, 4))], {}),
  SHAPE: (rng, dtype) => {
    const outType = rng.next() < 0.5 ? 'int32' : 'int64';
    return oneOp('SHAPE', [input(dtype, shapeOf(rng, 1, 5))], { outType }, { dtype: outType });
  },
} as const satisfies Partial<Record<OpType, Draw>>;

/** Some draws of slices leave nothing; they are drawn again. */
export const movementGraph: fc.Arbitrary<Graph> = fc
  .record({
    type: fc.constantFrom(...(Object.keys(movements) as (keyof typeof movements)[])),
    dtype: fc.constantFrom<DType>(...movedTypes),
    seed,
  })
  .map(({ type, dtype, seed }) => {
    const rng = random(seed);
    const draw = (): Graph => {
      const graph = movements[type](rng, dtype);
      return codesOf(graph).length > 0 ? draw() : graph;
    };
    return draw();
  });
