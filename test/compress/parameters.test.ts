import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parametersOfRange, rangeOf } from '../../src/compress/quantize/parameters.js';
import { quantizeWeights } from '../../src/compress/quantize/weights.js';
import type { Shape, Tensor } from '../../src/graph/graph.js';

const seed = { seed: 5, numRuns: 300 };
const tensor = (shape: Shape, ...values: number[]): Tensor => ({
  name: 't',
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

test('scales are positive float32, zero is exact, and the range is covered to half a step', () => {
  const end = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(end, end, (a, b) => {
      const range = { min: Math.min(a, b, 0), max: Math.max(a, b, 0) };
      const { scale, zeroPoint } = parametersOfRange(range);
      assert.ok(scale > 0 && scale === Math.fround(scale));
      assert.ok(Number.isInteger(zeroPoint) && zeroPoint >= -128 && zeroPoint <= 127);
      const slack = scale * 0.5001;
      assert.ok(
        scale * (-128 - zeroPoint) <= range.min + slack && scale * (127 - zeroPoint) >= range.max - slack,
      );
    }),
    seed,
  );
  assert.deepEqual(parametersOfRange({ min: 0, max: 255 }), { scale: 1, zeroPoint: -128 });
  assert.deepEqual(parametersOfRange({ min: -1, max: -0.5 }), {
    scale: Math.fround(1 / 255),
    zeroPoint: 127,
  });
  assert.deepEqual(parametersOfRange({ min: 3, max: 255 }), { scale: 1, zeroPoint: -128 });
  assert.equal(parametersOfRange({ min: 0, max: 0 }).zeroPoint, -128);
});

test('rangeOf always includes 0', () => {
  assert.deepEqual(rangeOf(Float32Array.of(2, 3)), { min: 0, max: 3 });
  assert.deepEqual(rangeOf(Float32Array.of(-2, -3)), { min: -3, max: 0 });
});

test('each channel uses −127 … 127, along either axis', () => {
  const first = quantizeWeights(tensor([2, 2], 1, -0.5, 100, 50), undefined, 0, 1);
  assert.deepEqual(first.weights.data, Int8Array.of(127, -64, 127, 64));
  assert.deepEqual(first.weights.quantization!.scale, Float32Array.of(1 / 127, 100 / 127));
  assert.equal(first.bias, undefined);
  const last = quantizeWeights(tensor([1, 2, 1, 2], 1, -100, -0.5, 50), undefined, 3, 1);
  assert.deepEqual(last.weights.data, Int8Array.of(127, -127, -64, 64));
  assert.equal(last.weights.quantization!.axis, 3);
});

test('the bias has scale input · weights', () => {
  const { bias } = quantizeWeights(tensor([2, 1], 127, 12.7), tensor([2], 3, -1), 0, 0.5);
  assert.equal(bias!.dtype, 'int32');
  assert.deepEqual(bias!.quantization!.scale, Float32Array.of(0.5, 0.05));
  assert.deepEqual(bias!.data, Int32Array.of(6, -20));
});

test('a bias far beyond its weights coarsens their scale instead of overflowing', () => {
  const { weights, bias } = quantizeWeights(tensor([2, 1], 1e-9, 1), tensor([2], 1000, 1), 0, 1e-3);
  const [q, scale] = [bias!.data as Int32Array, bias!.quantization!.scale];
  assert.ok(Math.abs(q[0]!) <= 2 ** 30 * 1.0001);
  assert.ok(Math.abs(q[0]! * scale[0]! - 1000) < 1e-3);
  assert.equal((weights.data as Int8Array)[1], 127);
});

test('a channel of zeros keeps its bias exact enough', () => {
  const { weights, bias } = quantizeWeights(tensor([2, 1], 0, 1), tensor([2], 0.7, 0), 0, 0.01);
  assert.equal((weights.data as Int8Array)[0], 0);
  const value = (bias!.data as Int32Array)[0]! * bias!.quantization!.scale[0]!;
  assert.ok(Math.abs(value - 0.7) < 1e-5);
  const zero = quantizeWeights(tensor([1, 1], 0), tensor([1], 0), 0, 1);
  assert.ok(zero.weights.quantization!.scale[0]! > 0);
});
