/**
 * The distribution of a tensor's values in bounded memory, filled in one pass: when a value falls outside, the bins are
 * merged in pairs and the range doubles towards it. Zeros, exact in every quantization, are only counted.
 */
import { float32Max } from '../../numerics/activation_range.js';

const binCount = 2048;

export interface Histogram {
  /** Values other than 0: bins[i] counts those in low + width · [i, i + 1). */
  readonly bins: Float64Array;
  low: number;
  /** 0 until the first value other than 0. */
  width: number;
  zeros: number;
  count: number;
  /** Exact extremes; 0 is always among the values that matter, so min ≤ 0 ≤ max. */
  min: number;
  max: number;
  /** NaN, infinities and values at the end of float32, where ops clamp what overflows; not counted elsewhere. */
  nonFinite: number;
}

export function createHistogram(): Histogram {
  return {
    bins: new Float64Array(binCount),
    low: 0,
    width: 0,
    zeros: 0,
    count: 0,
    min: 0,
    max: 0,
    nonFinite: 0,
  };
}

export function addValues(h: Histogram, values: Float32Array): void {
  if (h.width === 0) start(h, values);
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x === 0) h.zeros++;
    else if (!(Math.abs(x) < float32Max)) h.nonFinite++;
    else {
      while (x < h.low) widenDown(h);
      while (x >= h.low + h.width * binCount) widenUp(h);
      h.bins[Math.min(binCount - 1, Math.floor((x - h.low) / h.width))]!++;
      if (x < h.min) h.min = x;
      if (x > h.max) h.max = x;
    }
  }
  h.count += values.length;
}

/** Bins that hold anything, as (center, count), ascending. */
export function occupiedBins(h: Histogram): { readonly x: Float64Array; readonly n: Float64Array } {
  const occupied = Array.from(h.bins.keys()).filter((i) => h.bins[i]! > 0);
  return {
    x: Float64Array.from(occupied, (i) => Math.min(Math.max(h.low + h.width * (i + 0.5), h.min), h.max)),
    n: Float64Array.from(occupied, (i) => h.bins[i]!),
  };
}

/** The first values set the range. */
function start(h: Histogram, values: Float32Array): void {
  let [min, max] = [Infinity, -Infinity];
  for (const x of values) {
    if (x === 0 || !Number.isFinite(x)) continue;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  if (min > max) return;
  h.low = min;
  // A little more than the span, and never nothing: float32 has no smaller difference than one part in 2^24.
  h.width = Math.max((max - min) * (1 + 2 ** -20), Math.abs(max) * 2 ** -20, 2 ** -140) / binCount;
}

function widenUp(h: Histogram): void {
  for (let i = 0; i < binCount / 2; i++) h.bins[i] = h.bins[2 * i]! + h.bins[2 * i + 1]!;
  h.bins.fill(0, binCount / 2);
  h.width *= 2;
}

function widenDown(h: Histogram): void {
  for (let i = binCount - 1; i >= binCount / 2; i--) {
    h.bins[i] = h.bins[2 * i - binCount]! + h.bins[2 * i - binCount + 1]!;
  }
  h.bins.fill(0, 0, binCount / 2);
  h.low -= h.width * binCount;
  h.width *= 2;
}
