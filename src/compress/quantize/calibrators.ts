/** From the distribution of an activation to the range that the quantized values shall cover. Every range includes 0. */
import { clamp } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import { type Histogram, occupiedBins } from './histogram.js';
import { type ActivationType, parametersOfRange, type Range } from './parameters.js';

export const calibratorNames = ['minmax', 'percentile', 'mse', 'kl'] as const;
export type CalibratorName = (typeof calibratorNames)[number];

/** @param dtype of the activation, int8 by default */
type Calibrator = (h: Histogram, dtype?: ActivationType) => Range;

export const calibrators: Readonly<Record<CalibratorName, Calibrator>> = {
  minmax: ({ min, max }) => ({ min, max }),
  percentile: (h) => percentileRange(h, 99.99),
  mse: (h, dtype) => searchRange(h, levelsOf(dtype), squaredError),
  kl: (h, dtype) => searchRange(coarsened(h), levelsOf(dtype), divergence),
};

/** Leaves at most 100 − percentile percent of the values outside on either side. */
export function percentileRange(h: Histogram, percentile: number): Range {
  const tail = (1 - percentile / 100) * h.count;
  const end = (from: number, step: 1 | -1, extreme: number): number => {
    let outside = 0;
    for (let i = from; i >= 0 && i < h.bins.length; i += step) {
      outside += h.bins[i]!;
      // The bin's outer edge: everything in it stays inside.
      const edge = h.low + h.width * (step > 0 ? i : i + 1);
      if (edge * step >= 0) return 0;
      if (outside > tail) return step > 0 ? Math.max(edge, extreme) : Math.min(edge, extreme);
    }
    return 0;
  };
  return { min: end(0, 1, h.min), max: end(h.bins.length - 1, -1, h.max) };
}

/** Bins wide enough to hold many values each: the divergence of a sparse histogram from anything is arbitrary. */
function coarsened(h: Histogram): Histogram {
  const finest = (h.count - h.zeros) / 64;
  let { bins, width } = h;
  while (bins.length > 256 && bins.length > finest) {
    const pairs = bins;
    bins = new Float64Array(pairs.length / 2).map((_, i) => pairs[2 * i]! + pairs[2 * i + 1]!);
    width *= 2;
  }
  return { ...h, bins, width };
}

interface Bins {
  readonly x: Float64Array;
  readonly n: Float64Array;
}

/** What quantizes to which level. */
interface Levels {
  readonly count: number;
  /** The range's quantization, as level (from 0) and as the value that it stands for. */
  of(range: Range): { level(x: number): number; value(level: number): number };
}

function levelsOf(dtype: ActivationType = 'int8'): Levels {
  const { min, max } = typeRange(dtype);
  return {
    count: max - min + 1,
    of(range) {
      const { scale, zeroPoint } = parametersOfRange(range, dtype);
      return {
        level: (x) => clamp(Math.round(x / scale) + zeroPoint, min, max) - min,
        value: (level) => scale * (level + min - zeroPoint),
      };
    },
  };
}

/** Ends are tried at these parts of the extremes. */
const candidates = Array.from({ length: 48 }, (_, k) => 1 - k / 50);

/** Moves one end at a time to where the cost is least, twice over. */
function searchRange(
  h: Histogram,
  levels: Levels,
  cost: (bins: Bins, range: Range, levels: Levels) => number,
): Range {
  const bins = occupiedBins(h);
  let best: Range = { min: h.min, max: h.max };
  if (bins.x.length === 0) return best;
  let least = cost(bins, best, levels);
  for (const end of ['max', 'min', 'max', 'min'] as const) {
    if (h[end] === 0) continue;
    for (const part of candidates) {
      const range = { ...best, [end]: h[end] * part };
      const value = cost(bins, range, levels);
      if (value < least) [best, least] = [range, value];
    }
  }
  return best;
}

/** Σ n · (x − quantized x)² */
function squaredError({ x, n }: Bins, range: Range, levels: Levels): number {
  const { level, value } = levels.of(range);
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const error = x[i]! - value(level(x[i]!));
    sum += n[i]! * error * error;
  }
  return sum;
}

/**
 * Kullback–Leibler divergence of the quantized distribution from the real one, as TensorRT's entropy calibration has it:
 * what lies outside is added to the real one's outermost bins, and the quantized one spreads each level's mass
 * evenly over its occupied bins.
 */
function divergence({ x, n }: Bins, range: Range, levels: Levels): number {
  const quantized = levels.of(range);
  const real = new Float64Array(x.length);
  const mass = new Float64Array(levels.count);
  const occupied = new Float64Array(levels.count);
  const level = new Int32Array(x.length).fill(-1);
  const inside = (v: number) => v >= range.min && v <= range.max;
  let [first, last] = [x.length, -1];
  for (let i = 0; i < x.length; i++) {
    if (!inside(x[i]!)) continue;
    first = Math.min(first, i);
    last = i;
    level[i] = quantized.level(x[i]!);
    real[i] = n[i]!;
    mass[level[i]!]! += n[i]!;
    occupied[level[i]!]!++;
  }
  if (last < 0) return Infinity;
  let [total, kept] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    total += n[i]!;
    if (level[i]! >= 0) kept += n[i]!;
    else real[i < first ? first : last]! += n[i]!;
  }
  let sum = 0;
  for (let i = first; i <= last; i++) {
    const p = real[i]! / total;
    const q = mass[level[i]!]! / occupied[level[i]!]! / kept;
    sum += p * Math.log(p / q);
  }
  return sum;
}
