import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibratorNames, calibrators, percentileRange } from '../../src/compress/quantize/calibrators.js';
import {
  addValues,
  createHistogram,
  type Histogram,
  occupiedBins,
} from '../../src/compress/quantize/histogram.js';
import { parametersOfRange, type Range } from '../../src/compress/quantize/parameters.js';
import { random } from '../property/random.js';

const rng = random(3);
const normal = () => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
const draw = (n: number, value: () => number) => Float32Array.from({ length: n }, value);

function histogramOf(...parts: Float32Array[]): Histogram {
  const h = createHistogram();
  for (const part of parts) addValues(h, part);
  return h;
}

function squaredError(values: Float32Array, range: Range): number {
  const { scale, zeroPoint } = parametersOfRange(range);
  return values.reduce((sum, x) => {
    const q = Math.min(127, Math.max(-128, Math.round(x / scale) + zeroPoint));
    return sum + (x - scale * (q - zeroPoint)) ** 2;
  }, 0);
}

test('a histogram loses no value, however its range grows', () => {
  const parts = [
    draw(100, () => 0.01 * normal()),
    draw(100, () => 5 + normal()),
    draw(100, () => -300 + 50 * normal()),
    Float32Array.of(0, 0, 1e30, -1e-30, 3e38),
  ];
  const h = histogramOf(...parts);
  const all = parts.flatMap((part) => [...part]);
  assert.equal(h.count, all.length);
  assert.equal(h.zeros, all.filter((x) => x === 0).length);
  assert.equal(
    h.bins.reduce((a, b) => a + b),
    all.length - h.zeros,
  );
  assert.deepEqual([h.min, h.max], [Math.min(...all), Math.max(...all)]);
});

test('values lie in the bins that say so, after growth to both sides', () => {
  const values = draw(4000, () => 10 * normal());
  const h = histogramOf(values.subarray(0, 10), values.subarray(10, 500), values.subarray(500));
  const edges = [0.25, 0.5, 0.75].map((part) => Math.round(part * h.bins.length));
  for (const edge of edges) {
    const below = h.bins.subarray(0, edge).reduce((a, b) => a + b, 0);
    assert.equal(below, values.filter((x) => x < h.low + edge * h.width).length);
  }
  const { x, n } = occupiedBins(h);
  assert.equal(
    n.reduce((a, b) => a + b),
    4000,
  );
  assert.ok(x.every((v, i) => i === 0 || v > x[i - 1]!));
});

test('constants, zeros, single values and non-finite ones are taken in', () => {
  assert.deepEqual(calibrators.mse(histogramOf(new Float32Array(9))), { min: 0, max: 0 });
  for (const name of calibratorNames) {
    const range = calibrators[name](histogramOf(new Float32Array(50).fill(-2.5)));
    assert.ok(range.min < -2.3 && range.max === 0, `${name}: ${range.min}`);
  }
  const h = histogramOf(Float32Array.of(Number.NaN, Infinity, 1, -Infinity));
  assert.equal(h.nonFinite, 3);
  assert.equal(h.max, 1);
  assert.equal(histogramOf(Float32Array.of(1e-45)).max, Math.fround(1e-45));
});

test('min-max covers everything, and a percentile leaves out just the tails', () => {
  const values = draw(100_000, normal);
  const h = histogramOf(values);
  const sorted = [...values].sort((a, b) => a - b);
  assert.deepEqual(calibrators.minmax(h), { min: sorted[0], max: sorted.at(-1) });
  const { min, max } = percentileRange(h, 99);
  assert.ok(Math.abs(min - sorted[1000]!) < 2 * h.width && Math.abs(max - sorted[99_000]!) < 2 * h.width);
  assert.deepEqual(percentileRange(h, 100), { min: h.min, max: h.max });
});

test('a one-sided range stays one-sided', () => {
  const h = histogramOf(draw(10_000, () => Math.abs(normal())));
  for (const name of calibratorNames) {
    const { min, max } = calibrators[name](h);
    assert.equal(min, 0, name);
    assert.ok(max > 1.5 && max <= h.max, `${name}: ${max}`);
  }
});

test('against outliers, MSE beats min-max in squared error, and KL and percentile clip', () => {
  const values = draw(200_000, normal);
  values[17] = 60;
  values[18] = -45;
  const h = histogramOf(values);
  const ranges = Object.fromEntries(calibratorNames.map((name) => [name, calibrators[name](h)]));
  for (const name of ['percentile', 'kl']) {
    assert.ok(ranges[name]!.max < 12 && ranges[name]!.min > -12, `${name}: ${JSON.stringify(ranges[name])}`);
  }
  assert.ok(squaredError(values, ranges.mse!) < 0.8 * squaredError(values, ranges.minmax!));
  for (const name of calibratorNames) {
    assert.ok(squaredError(values, ranges.mse!) <= 1.02 * squaredError(values, ranges[name]!), name);
  }
});
