/**
 * TFLite's 513-entry tables for int16 → int16 functions: 512 intervals of 128 steps, interpolated, each entry moved
 * by half of the interpolation's error in the middle. tensorflow/lite/kernels/internal/common.h. All in float32.
 */
import { clamp, tfLiteRound } from '../numerics/rounding.js';

const f = Math.fround;

/** Everything in float32: a scale of the input, and a function that rounds its result to float32. */
export function lutPopulateInt16(
  inputScale: number,
  inputZeroPoint: number,
  outputScale: number,
  outputZeroPoint: number,
  transform: (x: number) => number,
): Int16Array {
  const steps = 512;
  const inputMin = f(inputScale * (-32768 - inputZeroPoint));
  const inputMax = f(inputScale * (32767 - inputZeroPoint));
  const outputMin = f(outputScale * (-32768 - outputZeroPoint));
  const outputMax = f(outputScale * (32767 - outputZeroPoint));
  const step = f(f(inputMax - inputMin) / steps);
  const halfStep = f(step / 2);
  const inverse = f(65536 / f(outputMax - outputMin));
  const lut = new Int16Array(steps + 1);
  for (let i = 0; i < steps; i++) {
    const x = f(inputMin + f(i * step));
    const sample = tfLiteRound(f(transform(x) * inverse));
    const next = f(transform(f(inputMin + f((i + 1) * step))) * inverse);
    const interpolated = tfLiteRound(f(f(next + sample) / 2));
    const middle = tfLiteRound(f(transform(f(x + halfStep)) * inverse));
    lut[i] = clamp(sample - tfLiteRound((interpolated - middle) / 2), -32768, 32767);
  }
  lut[steps] = clamp(tfLiteRound(f(transform(inputMax) * inverse)), -32768, 32767);
  return lut;
}

/** @param value int16 */
export function lutLookup(value: number, lut: Int16Array): number {
  const index = 256 + (value >> 7);
  const base = lut[index]!;
  const slope = ((lut[index + 1]! - base) << 16) >> 16;
  return ((base + ((slope * (value & 0x7f) + 64) >> 7)) << 16) >> 16;
}
