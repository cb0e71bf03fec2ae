/**
 * Weight clustering (Han et al., "Deep Compression", 2016): the weights of a layer take few distinct values, its codebook.
 * They stay ordinary int8 or int4 weights that every runtime runs; what reads them compactly is codegen's packed form.
 *
 * k-means in one dimension over so few levels needs no iteration: clusters are runs of levels, and dynamic programming
 * over their ends finds the best codebook there is.
 */
import { inputTensor } from '../../graph/access.js';
import type { Graph, Op, Tensor } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { soleWeightsOf } from '../../ops/quantization_rules.js';
import { forEachScale, largestWeight, type WeightsType } from './weights.js';

/** Distinct quantized weights, ascending. */
export type Codebook = Int8Array;

export const clusterLimits = { min: 2, max: 256 } as const;

/**
 * The codebook of least squared error of the real weights. With pruned weights, exact zeros, it holds 0, which they keep.
 *
 * @param real as `quantized` stands for: same shape
 * @param quantized int8 or int4 with its scales: an error counts in its channel's scale
 * @param clusters at most so many values
 */
export function fitCodebook(
  real: Float32Array,
  quantized: Pick<Tensor, 'shape' | 'dtype' | 'quantization'>,
  clusters: number,
): Codebook {
  const top = largestWeight[quantized.dtype as WeightsType];
  // Moments of the weights that round to the level l − top, in units of their scale.
  const [count, sum, square] = Array.from({ length: 3 }, () => new Float64Array(2 * top + 1));
  let pruned = false;
  forEachScale(quantized, (scale, begin, end) => {
    for (let i = begin; i < end; i++) {
      const w = real[i]!;
      const level = clamp(tfLiteRound(w / scale), -top, top) + top;
      count![level]! += scale * scale;
      sum![level]! += scale * w;
      square![level]! += w * w;
      if (w === 0) pruned = true;
    }
  });
  const levels = [...count!.keys()].filter((l) => count![l]! > 0);
  if (levels.length <= clusters) return Int8Array.from(levels, (l) => l - top);
  const [counts, sums, squares] = [count!, sum!, square!].map((values) =>
    prefixSums(levels.map((l) => values[l]!)),
  ) as [Float64Array, Float64Array, Float64Array];
  const zero = pruned ? levels.indexOf(top) : -1;

  const centerOf = (from: number, to: number) => {
    if (from <= zero && zero < to) return 0;
    const mean = (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!);
    // Between the ends whatever the rounding of the sums says.
    return clamp(tfLiteRound(mean), levels[from]! - top, levels[to - 1]! - top);
  };
  const errorOf = (from: number, to: number) => {
    const center = centerOf(from, to);
    const [n, s] = [counts[to]! - counts[from]!, sums[to]! - sums[from]!];
    return squares[to]! - squares[from]! - 2 * center * s + center * center * n;
  };
  const ends = bestRuns(levels.length, clusters, errorOf);
  return Int8Array.from(ends, (end, k) => centerOf(k === 0 ? 0 : ends[k - 1]!, end));
}

function prefixSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = sums[i]! + value;
  });
  return sums;
}

/** Ends of the `runs` runs of 0 … count − 1 whose errors add up to the least. */
function bestRuns(count: number, runs: number, errorOf: (from: number, to: number) => number): number[] {
  const errors = Array.from({ length: count }, (_, from) =>
    Float64Array.from({ length: count + 1 }, (_, to) => (to > from ? errorOf(from, to) : 0)),
  );
  let least: Float64Array = Float64Array.from({ length: count + 1 }, (_, to) => errors[0]![to]!);
  const starts: Int32Array[] = [new Int32Array(count + 1)];
  for (let k = 1; k < runs; k++) {
    const next = new Float64Array(count + 1).fill(Infinity);
    const start = new Int32Array(count + 1);
    for (let to = k + 1; to <= count; to++) {
      for (let from = k; from < to; from++) {
        const error = least[from]! + errors[from]![to]!;
        if (error >= next[to]!) continue;
        next[to] = error;
        start[to] = from;
      }
    }
    starts.push(start);
    least = next;
  }
  const ends: number[] = [];
  for (let k = runs - 1, to = count; k >= 0; k--) {
    ends.unshift(to);
    to = starts[k]![to]!;
  }
  return ends;
}

/** The entry nearest to a level, a real weight in units of its scale; halfway the upper one. */
export function nearestIn(codebook: Codebook): (level: number) => number {
  // Entries are whole, so what lies halfway between two of them is a multiple of 1/2.
  const halves = Int8Array.from({ length: 512 }, (_, h) => nearest(codebook, (h - 256) / 2 + 0.25));
  return (level) => halves[clamp(Math.floor(2 * level), -256, 255) + 256]!;
}

function nearest(codebook: Codebook, level: number): number {
  return codebook.reduce((best, c) => (Math.abs(c - level) < Math.abs(best - level) ? c : best));
}

/** Every weight as the nearest entry of the codebook. */
export function assignTo(
  codebook: Codebook,
  real: Float32Array,
  quantized: Pick<Tensor, 'shape' | 'quantization'>,
): Int8Array {
  const nearest = nearestIn(codebook);
  const assigned = new Int8Array(real.length);
  forEachScale(quantized, (scale, begin, end) => {
    for (let i = begin; i < end; i++) assigned[i] = nearest(real[i]! / scale);
  });
  return assigned;
}

/** The distinct values among quantized weights. */
export function codebookOf(weights: Int8Array): Codebook {
  return Int8Array.from(new Set(weights)).sort();
}

/** Clusters the weights of every layer but recurrent ones. @param quantized by `convert`: its ops are the float graph's */
export function clusterGraph(float: Graph, quantized: Graph, clusters: number): Graph {
  const tensors = quantized.tensors.slice();
  float.ops.forEach((op, i) => {
    const rule = soleWeightsOf(op);
    const index = rule ? quantized.ops[i]!.inputs[rule.weights]! : -1;
    const weights = tensors[index];
    // Those of an op that stays in float are.
    if (!rule || !weights || weights.dtype === 'float32') return;
    const real = inputTensor(float, op as Op, rule.weights).data as Float32Array;
    tensors[index] = { ...weights, data: assignTo(fitCodebook(real, weights, clusters), real, weights) };
  });
  return { ...quantized, tensors };
}
