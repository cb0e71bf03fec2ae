/** Seeded values for property tests: the same on every machine, with the edges of each type well represented. */
import { allocate, elementCount, zeroPointOf } from '../../src/graph/access.js';
import type { DType, Tensor, TensorData } from '../../src/graph/graph.js';

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** lo ≤ n ≤ hi */
  int(lo: number, hi: number): number;
}

/** mulberry32 */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, int: (lo, hi) => lo + Math.floor(next() * (hi - lo + 1)) };
}

const ranges: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int4: [-8, 7],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
};

/** n values of a type, uniform over [lo, hi], by default over the whole type (for float32: −4 … 4). */
export function randomData(dtype: DType, n: number, rng: Random, lo?: number, hi?: number): TensorData {
  const data = allocate(dtype, n);
  const [min, max] = ranges[dtype] ?? [-1000, 1000];
  for (let i = 0; i < n; i++) {
    if (dtype === 'float32') data[i] = (lo ?? -4) + rng.next() * ((hi ?? 4) - (lo ?? -4));
    else if (data instanceof BigInt64Array) data[i] = BigInt(rng.int(lo ?? min, hi ?? max));
    else data[i] = rng.int(lo ?? min, hi ?? max);
  }
  return data;
}

/**
 * An activation for a sample: by turns uniform, of the type's extremes and the zero point alone, and close to
 * the zero point, where roundings tip.
 */
export function randomActivation(tensor: Tensor, sample: number, rng: Random): TensorData {
  const n = elementCount(tensor.shape);
  const range = ranges[tensor.dtype];
  if (tensor.dtype === 'float32') return randomReals(tensor, sample, rng);
  if (!range) return randomData(tensor.dtype, n, rng);
  const [min, max] = range;
  const zero = zeroPointOf(tensor);
  if (sample % 3 === 2)
    return randomData(tensor.dtype, n, rng, Math.max(min, zero - 3), Math.min(max, zero + 3));
  const data = randomData(tensor.dtype, n, rng);
  if (sample % 3 === 1 && !(data instanceof BigInt64Array)) {
    const edges = [min, max, zero, Math.min(max, zero + 1)];
    for (let i = 0; i < n; i++) data[i] = edges[rng.int(0, 3)]!;
  }
  return data;
}

/** Zeros of either sign and a subnormal among the extremes; no infinities, since the sign of a NaN is the machine's. */
const realEdges = [-0, 0, 1e-40, 6, -4, 4];

function randomReals(tensor: Tensor, sample: number, rng: Random): TensorData {
  const n = elementCount(tensor.shape);
  const data = randomData(tensor.dtype, n, rng, ...(sample % 3 === 2 ? [-0.1, 0.1] : []));
  if (sample % 3 === 1 && data instanceof Float32Array) {
    for (let i = 0; i < n; i++) data[i] = realEdges[rng.int(0, realEdges.length - 1)]!;
  }
  return data;
}
